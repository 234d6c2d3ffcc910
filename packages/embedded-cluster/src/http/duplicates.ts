/** Paths of fields that an object in the JSON text has twice. The text is known to be valid. */
export function duplicateFields(text: string): string[] {
  const found: string[] = [];
  let at = 0;
  const space = (): void => {
    while (text.charCodeAt(at) <= 0x20) at++;
  };
  const string = (): string => {
    const start = at++;
    while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
    at++;
    return text.slice(start, at);
  };
  const value = (path: string): void => {
    space();
    if (text[at] === '{') {
      const seen = new Set<string>();
      at++;
      for (space(); text[at] !== '}'; space()) {
        if (text[at] === ',') {
          at++;
          space();
        }
        const quoted = string();
        const key = quoted.includes('\\') ? (JSON.parse(quoted) as string) : quoted.slice(1, -1);
        const inner = path === '' ? key : `${path}.${key}`;
        if (seen.has(key)) found.push(inner);
        seen.add(key);
        space();
        at++;
        value(inner);
      }
      at++;
    } else if (text[at] === '[') {
      at++;
      let index = 0;
      for (space(); text[at] !== ']'; space()) {
        if (text[at] === ',') at++;
        value(`${path}[${index++}]`);
      }
      at++;
    } else if (text[at] === '"') string();
    else while (at < text.length && !',]}'.includes(text[at]!) && text.charCodeAt(at) > 0x20) at++;
  };
  value('');
  return found;
}
