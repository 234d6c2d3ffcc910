import type { KubeObject } from '../object.ts';

const bodies = new WeakMap<KubeObject, string>();

/** JSON of everything but kind and apiVersion. Frozen objects never change, so theirs is kept. */
function bodyOf(object: KubeObject): string {
  const known = bodies.get(object);
  if (known !== undefined) return known;
  const { kind: _kind, apiVersion: _apiVersion, ...rest } = object;
  const text = JSON.stringify(rest);
  if (Object.isFrozen(object)) bodies.set(object, text);
  return text;
}

export function objectText(object: KubeObject): string {
  const body = bodyOf(object);
  const head = `{"kind":${JSON.stringify(object.kind)},"apiVersion":${JSON.stringify(object.apiVersion)}`;
  return body === '{}' ? `${head}}` : `${head},${body.slice(1)}`;
}

/** An item of a list: those of built-in kinds have no kind and apiVersion. */
export function itemText(object: KubeObject, builtin: boolean): string {
  return builtin ? bodyOf(object) : objectText(object);
}
