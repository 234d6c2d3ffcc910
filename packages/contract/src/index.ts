export * from './answers.ts';
export * from './config-lists.ts';
export { type Constraint, parseConstraint, satisfies } from './constraint.ts';
export {
  boolean,
  type ConfigDeclaration,
  type ConfigOf,
  declarationProblems,
  type Field,
  float,
  integer,
  multipleOptions,
  option,
  string,
} from './fields.ts';
export * from './json-schema.ts';
export * from './labels.ts';
export * from './limits.ts';
export * from './parse-config.ts';
export * from './resources.ts';
export * from './result.ts';
export { type FieldType, FLOAT_PATTERN, type Rule } from './rule.ts';
