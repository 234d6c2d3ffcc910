/** The query parameters and bodies that say how to do something, checked with the real server's words. */
import type { DeleteOptions } from '../client.ts';
import type { WriteOptions } from '../machinery/api.ts';
import {
  type FieldError,
  forbidden,
  invalid,
  notSupported,
  notSupportedInOrder,
  required,
} from '../resources/field-errors.ts';
import { badRequest, invalidObject } from '../status.ts';

const META = 'meta.k8s.io';

function check(kind: string, errors: FieldError[]): void {
  if (errors.length > 0) throw invalidObject({ group: META, kind }, '', errors);
}

export function writeOptions(
  query: URLSearchParams,
  verb: 'Create' | 'Update' | 'Patch',
  userAgent: string | undefined,
  applying = false,
): WriteOptions {
  const errors: FieldError[] = [];
  const validation = query.get('fieldValidation') ?? '';
  const force = query.get('force');
  const manager = query.get('fieldManager') ?? '';
  if (verb === 'Patch' && force !== null && !applying) {
    errors.push(forbidden('force', 'may not be specified for non-apply patch'));
  }
  if (applying && manager === '') errors.push(required('fieldManager', 'is required for apply patch'));
  if (manager.length > 128) {
    errors.push({
      reason: 'FieldValueTooLong',
      field: 'fieldManager',
      message: 'Too long: may not be more than 128 bytes',
    });
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for.
  if (/[\u0000-\u001f\u007f]/.test(manager))
    errors.push(invalid('fieldManager', manager, 'should only contain printable characters'));
  const dryRun = query.getAll('dryRun').filter((each) => each !== '');
  if (dryRun.some((each) => each !== 'All')) errors.push(dryRunError(dryRun));
  if (!['', 'Ignore', 'Strict', 'Warn'].includes(validation)) {
    errors.push(notSupported('fieldValidation', validation, ['', 'Ignore', 'Strict', 'Warn']));
  }
  check(`${verb}Options`, errors);
  const options: WriteOptions = {
    manager: manager || (userAgent ?? '').split('/')[0]!.slice(0, 128),
    dryRun: dryRun.length > 0,
    fieldValidation: (validation || 'Warn') as 'Strict' | 'Warn' | 'Ignore',
  };
  if (force === 'true' || force === '1') options.force = true;
  return options;
}

function dryRunError(dryRun: string[]): FieldError {
  return {
    reason: 'FieldValueNotSupported',
    field: 'dryRun',
    message: `Unsupported value: ${JSON.stringify(dryRun)}: supported values: "All"`,
  };
}

export function deleteOptions(
  query: URLSearchParams,
  body: unknown,
): { deletion: DeleteOptions; dryRun: boolean } {
  const sent = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  const empty = Object.keys(sent).length === 0;
  const policy = sent.propagationPolicy ?? query.get('propagationPolicy') ?? undefined;
  const orphan = sent.orphanDependents ?? query.get('orphanDependents') ?? undefined;
  const grace = sent.gracePeriodSeconds ?? (empty ? query.get('gracePeriodSeconds') : undefined) ?? undefined;
  const dryRun =
    (sent.dryRun as string[] | undefined) ?? query.getAll('dryRun').filter((each) => each !== '');
  const errors: FieldError[] = [];
  if (policy !== undefined && !['Foreground', 'Background', 'Orphan'].includes(policy as string)) {
    errors.push({
      reason: 'FieldValueNotSupported',
      field: 'propagationPolicy',
      message: `Unsupported value: ${JSON.stringify(policy)}: supported values: "Foreground", "Background", "Orphan", "nil"`,
    });
  }
  if (policy !== undefined && orphan !== undefined) {
    errors.push(
      invalid('propagationPolicy', policy, 'orphanDependents and deletionPropagation cannot be both set'),
    );
  }
  if (dryRun.some((each) => each !== 'All')) errors.push(dryRunError(dryRun));
  check('DeleteOptions', errors);
  const deletion: DeleteOptions = {};
  if (policy !== undefined) deletion.propagationPolicy = policy as 'Background';
  else if (orphan !== undefined)
    deletion.propagationPolicy = String(orphan) === 'true' ? 'Orphan' : 'Background';
  if (grace !== undefined) deletion.gracePeriodSeconds = Number(grace);
  if (sent.preconditions) deletion.preconditions = sent.preconditions as { uid?: string };
  return { deletion, dryRun: dryRun.length > 0 };
}

export interface ListOptions {
  labelSelector?: string;
  fieldSelector?: string;
  limit: number;
  continue: string;
  resourceVersion: string;
  resourceVersionMatch: string;
  watch: boolean;
  allowWatchBookmarks: boolean;
  sendInitialEvents: boolean | undefined;
  timeoutSeconds: number | undefined;
}

export function listOptions(query: URLSearchParams): ListOptions {
  const text = (name: string): string => query.get(name) ?? '';
  const number = (name: string): number => {
    const value = text(name);
    if (value === '') return 0;
    if (!/^-?\d+$/.test(value))
      throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(value)}: invalid syntax`);
    return Number(value);
  };
  const flag = (name: string): boolean => ['true', '1', 't', 'T', 'TRUE', 'True'].includes(text(name));
  const options: ListOptions = {
    limit: number('limit'),
    continue: text('continue'),
    resourceVersion: text('resourceVersion'),
    resourceVersionMatch: text('resourceVersionMatch'),
    watch: flag('watch'),
    allowWatchBookmarks: flag('allowWatchBookmarks'),
    sendInitialEvents: query.has('sendInitialEvents') ? flag('sendInitialEvents') : undefined,
    timeoutSeconds: query.has('timeoutSeconds') ? number('timeoutSeconds') : undefined,
  };
  if (query.get('labelSelector')) options.labelSelector = text('labelSelector');
  if (query.get('fieldSelector')) options.fieldSelector = text('fieldSelector');
  const errors: FieldError[] = [];
  const match = options.resourceVersionMatch;
  if (options.sendInitialEvents !== undefined) {
    if (!options.watch)
      errors.push(forbidden('sendInitialEvents', 'sendInitialEvents is forbidden for list'));
    else if (match !== 'NotOlderThan') {
      errors.push(
        forbidden(
          'resourceVersionMatch',
          'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan',
        ),
      );
    }
  } else if (match !== '') {
    if (options.watch)
      errors.push(
        forbidden(
          'resourceVersionMatch',
          'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided',
        ),
      );
    else if (options.resourceVersion === '') {
      errors.push(
        forbidden(
          'resourceVersionMatch',
          'resourceVersionMatch is forbidden unless resourceVersion is provided',
        ),
      );
    } else if (options.continue !== '') {
      errors.push(
        forbidden('resourceVersionMatch', 'resourceVersionMatch is forbidden when continue is provided'),
      );
    } else if (match !== 'Exact' && match !== 'NotOlderThan') {
      errors.push(notSupportedInOrder('resourceVersionMatch', match, ['Exact', 'NotOlderThan', '']));
    } else if (match === 'Exact' && options.resourceVersion === '0') {
      errors.push(
        forbidden(
          'resourceVersionMatch',
          'resourceVersionMatch "exact" is forbidden for resourceVersion "0"',
        ),
      );
    }
  }
  check('ListOptions', errors);
  return options;
}
