/** The simple JSON paths of printer columns and subresources: fields, indices, `['key']`, `[?(@.type=="Ready")]`. */
type Step = { field: string } | { index: number } | { all: true } | { where: string[]; equals: unknown };

export function parseJsonPath(path: string): (object: unknown) => unknown[] {
  const steps: Step[] = [];
  const text = path
    .trim()
    .replace(/^\{|\}$/g, '')
    .replace(/^\$/, '');
  const token =
    /\.([A-Za-z0-9_\-\\./]*?(?:\\.[A-Za-z0-9_-]+)*)(?=\.|\[|$)|\[(-?\d+)\]|\[\*\]|\['([^']*)'\]|\["([^"]*)"\]|\[\?\(\s*@((?:\.[A-Za-z0-9_-]+)+)\s*==\s*(?:"([^"]*)"|'([^']*)'|([^)\s]+))\s*\)\]/y;
  let at = 0;
  while (at < text.length) {
    token.lastIndex = at;
    const match = token.exec(text);
    if (!match)
      throw new Error(
        `JSON path ${path}: expected a field or [index], found ${JSON.stringify(text.slice(at))}`,
      );
    const [whole, field, index, single, double, where, quoted, apostrophe, bare] = match;
    if (field !== undefined && field !== '') steps.push({ field: field.replaceAll('\\.', '.') });
    else if (index !== undefined) steps.push({ index: Number(index) });
    else if (whole === '[*]') steps.push({ all: true });
    else if (single !== undefined || double !== undefined) steps.push({ field: (single ?? double)! });
    else if (where !== undefined) {
      steps.push({
        where: where.split('.').slice(1),
        equals: quoted ?? apostrophe ?? JSON.parse(bare ?? 'null'),
      });
    }
    at += whole.length;
  }
  return (object) =>
    steps.reduce<unknown[]>((values, step) => values.flatMap((value) => follow(value, step)), [object]);
}

function follow(value: unknown, step: Step): unknown[] {
  if (value === null || typeof value !== 'object') return [];
  if ('field' in step) {
    const found = Array.isArray(value) ? undefined : (value as Record<string, unknown>)[step.field];
    return found === undefined ? [] : [found];
  }
  const items = Array.isArray(value) ? value : Object.values(value);
  if ('all' in step) return items;
  if ('index' in step) {
    const found = items.at(step.index);
    return found === undefined ? [] : [found];
  }
  return items.filter(
    (item) =>
      step.where.reduce<unknown>(
        (inner, key) => (inner as Record<string, unknown> | undefined)?.[key],
        item,
      ) === step.equals,
  );
}
