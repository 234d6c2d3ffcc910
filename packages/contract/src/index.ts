export * from './answers.ts';
export * from './config-lists.ts';
export { type Constraint, parseConstraint, satisfies } from './constraint.ts';
export { type Conversion, type ConvertOptions, convertModule } from './convert.ts';
export { parseCustom } from './custom.ts';
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
export { generationOf, parseModule } from './module.ts';
export * from './parse-config.ts';
export * from './resources.ts';
export * from './result.ts';
export { type FieldType, FLOAT_PATTERN, type Rule } from './rule.ts';
export { renderTemplates, type TemplateData, type TemplateOptions } from './templates.ts';
export { toYaml } from './to-yaml.ts';
export * from './user-config.ts';
export { parseWorkspace } from './workspace.ts';
