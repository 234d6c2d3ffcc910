import { labelSelectorText, requirementsOf } from '../selectors.ts';
import type { Fields } from './fields.ts';
import type { Column } from './resource.ts';

export const nameColumn: Column = {
  name: 'Name',
  type: 'string',
  format: 'name',
  value: ({ metadata }) => metadata.name,
};

export const ageColumn: Column = {
  name: 'Age',
  type: 'string',
  value: ({ metadata }, age) => age(metadata.creationTimestamp),
};

/** As old kinds without a printer of their own are shown. */
export const createdColumn: Column = {
  name: 'Created At',
  type: 'date',
  value: ({ metadata }) => metadata.creationTimestamp ?? null,
};

/** A column that is shown as a text, though a cell may be a number. */
export function column(
  name: string,
  value: Column['value'],
  options: { type?: Column['type']; wide?: boolean } = {},
): Column {
  return { name, type: options.type ?? 'string', value, ...(options.wide ? { priority: 1 } : {}) };
}

/** The wide columns of what has a Pod template. */
export function templateColumns(specOf: (object: Fields) => Fields): Column[] {
  const containers = (object: Fields): Fields[] => specOf(object)?.containers ?? [];
  return [
    column(
      'Containers',
      (object) =>
        containers(object)
          .map((c) => c.name)
          .join(),
      { wide: true },
    ),
    column(
      'Images',
      (object) =>
        containers(object)
          .map((c) => c.image)
          .join(),
      { wide: true },
    ),
  ];
}

export const selectorColumn: Column = column('Selector', ({ spec }) => selectorText(spec.selector), {
  wide: true,
});

/** A LabelSelector as kubectl shows it. */
export function selectorText(selector: Fields): string {
  return selector ? labelSelectorText(requirementsOf(selector)) || '<none>' : '<none>';
}

/** A map of labels as kubectl shows it. */
export function labelsText(labels: Record<string, string> | undefined): string {
  const pairs = Object.entries(labels ?? {}).map(([key, value]) => `${key}=${value}`);
  return pairs.sort().join() || '<none>';
}

const ACCESS_MODES: Record<string, string> = {
  ReadWriteOnce: 'RWO',
  ReadOnlyMany: 'ROX',
  ReadWriteMany: 'RWX',
  ReadWriteOncePod: 'RWOP',
};

export function accessModesText(modes: string[] | undefined): string {
  return (modes ?? []).map((mode) => ACCESS_MODES[mode] ?? mode).join();
}

/** Whom a binding binds. */
export const subjectColumns: Column[] = [
  subjects('Users', 'User', ({ name }) => name),
  subjects('Groups', 'Group', ({ name }) => name),
  subjects('ServiceAccounts', 'ServiceAccount', ({ namespace, name }) => `${namespace}/${name}`),
];

function subjects(title: string, kind: string, text: (subject: Fields) => string): Column {
  const of = (object: Fields): Fields[] => object.subjects ?? [];
  return column(
    title,
    (object) =>
      of(object)
        .filter((s) => s.kind === kind)
        .map(text)
        .join(),
    { wide: true },
  );
}
