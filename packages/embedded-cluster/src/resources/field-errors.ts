/**
 * Errors about one field, with the words of k8s.io/apimachinery/pkg/util/validation/field.
 * `field` is a path such as `spec.template.spec.containers[0].image`.
 */
export interface FieldError {
  /** The `reason` of the cause in `status.details.causes`. */
  reason:
    | 'FieldValueRequired'
    | 'FieldValueInvalid'
    | 'FieldValueDuplicate'
    | 'FieldValueNotSupported'
    | 'FieldValueForbidden'
    | 'FieldValueTooLong'
    | 'FieldValueTooMany'
    | 'FieldValueTypeInvalid'
    | 'FieldValueNotFound'
    | 'InternalError';
  field: string;
  /** Without the field: `Invalid value: -1: must be greater than or equal to 0`. */
  message: string;
}

export function required(field: string, detail = ''): FieldError {
  return { reason: 'FieldValueRequired', field, message: join('Required value', detail) };
}

export function invalid(field: string, value: unknown, detail: string): FieldError {
  return { reason: 'FieldValueInvalid', field, message: join(`Invalid value: ${shown(value)}`, detail) };
}

export function typeInvalid(field: string, value: unknown, detail: string): FieldError {
  return { reason: 'FieldValueTypeInvalid', field, message: join(`Invalid value: ${shown(value)}`, detail) };
}

export function duplicate(field: string, value: unknown): FieldError {
  return { reason: 'FieldValueDuplicate', field, message: `Duplicate value: ${shown(value)}` };
}

export function notFound(field: string, value: unknown): FieldError {
  return { reason: 'FieldValueNotFound', field, message: `Not found: ${shown(value)}` };
}

export function notSupported(field: string, value: unknown, supported: readonly string[]): FieldError {
  return notSupportedInOrder(field, value, [...supported].sort());
}

/** The same with the supported values in the order given. */
export function notSupportedInOrder(field: string, value: unknown, supported: readonly string[]): FieldError {
  const values = supported.map((each) => JSON.stringify(each));
  const detail = values.length > 0 ? `supported values: ${values.join(', ')}` : '';
  return {
    reason: 'FieldValueNotSupported',
    field,
    message: join(`Unsupported value: ${shown(value)}`, detail),
  };
}

export function forbidden(field: string, detail: string): FieldError {
  return { reason: 'FieldValueForbidden', field, message: join('Forbidden', detail) };
}

export function tooLong(field: string, max: number): FieldError {
  return { reason: 'FieldValueTooLong', field, message: `Too long: may not be more than ${max} bytes` };
}

export function tooMany(field: string, actual: number, max: number): FieldError {
  return {
    reason: 'FieldValueTooMany',
    field,
    message: `Too many: ${actual}: must have at most ${max} items`,
  };
}

export function internal(field: string, detail: string): FieldError {
  return { reason: 'InternalError', field, message: `Internal error: ${detail}` };
}

export function text(error: FieldError): string {
  return `${error.field}: ${error.message}`;
}

function join(head: string, detail: string): string {
  return detail === '' ? head : `${head}: ${detail}`;
}

/** As Go prints it: strings quoted, everything else as JSON. */
function shown(value: unknown): string {
  return value === undefined || value === null ? 'null' : JSON.stringify(value);
}
