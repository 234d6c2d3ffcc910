/**
 * A text that matches a pattern (RE2, the part that people write: literals, classes, groups, alternatives, counts);
 * undefined where the pattern is beyond that, or asks what cannot be made.
 *
 * @param most how often a repeated part is repeated at most
 */
export function sampleOf(pattern: string, most: number): string | undefined {
  try {
    const parser = new Sampler(pattern, most);
    const text = parser.alternatives();
    return parser.done && new RegExp(pattern, 'u').test(text) ? text : undefined;
  } catch {
    return undefined;
  }
}

const CLASSES: Record<string, string> = { d: '7', w: 'w', s: ' ', D: 'd', W: '-', S: 's' };

class Sampler {
  readonly #pattern: string;
  readonly #most: number;
  #at = 0;

  constructor(pattern: string, most: number) {
    this.#pattern = pattern;
    this.#most = most;
  }

  get done(): boolean {
    return this.#at === this.#pattern.length;
  }

  /** The first alternative; the others are read over. */
  alternatives(): string {
    const first = this.#sequence();
    while (this.#take('|')) this.#sequence();
    return first;
  }

  #sequence(): string {
    let text = '';
    while (!this.done && !'|)'.includes(this.#next)) {
      const part = this.#part();
      text += part.repeat(this.#count());
    }
    return text;
  }

  #part(): string {
    const character = this.#read();
    if (character === '^' || character === '$') return '';
    if (character === '.') return 'x';
    if (character === '\\') return this.#escape();
    if (character === '[') return this.#class();
    if (character !== '(') return character;
    if (this.#take('?:') || !this.#take('?')) {
      const text = this.alternatives();
      if (!this.#take(')')) throw new Error('expected )');
      return text;
    }
    throw new Error('a group that is not known here');
  }

  #escape(): string {
    const character = this.#read();
    if (/[bBAz]/.test(character)) return '';
    if (/[a-zA-Z]/.test(character) && !(character in CLASSES))
      throw new Error('an escape that is not known here');
    return CLASSES[character] ?? character;
  }

  #class(): string {
    const negated = this.#take('^');
    let first: string | undefined;
    let all = '';
    for (;;) {
      let character = this.#read();
      if (character === ']' && first !== undefined) break;
      if (character === '\\') character = this.#escape();
      else if (character === '[') throw new Error('a class that is not known here');
      if (first === undefined || first === '-') first = character;
      all += character;
    }
    if (!negated) return first;
    const other = [...'x0_ ,;'].find((each) => !new RegExp(`[${all}]`).test(each));
    if (other === undefined) throw new Error('nothing left to take');
    return other;
  }

  #count(): number {
    if (this.#take('*')) return this.#lazy(this.#most);
    if (this.#take('+')) return this.#lazy(Math.max(1, this.#most));
    if (this.#take('?')) return this.#lazy(Math.min(1, this.#most));
    const bounds = /^\{(\d+)(,(\d*))?\}/.exec(this.#pattern.slice(this.#at));
    if (!bounds) return 1;
    this.#at += bounds[0].length;
    const least = Number(bounds[1]);
    const largest =
      bounds[2] === undefined ? least : bounds[3] ? Number(bounds[3]) : Number.POSITIVE_INFINITY;
    return this.#lazy(Math.min(Math.max(least, this.#most), largest));
  }

  #lazy(count: number): number {
    this.#take('?');
    return count;
  }

  get #next(): string {
    return this.#pattern[this.#at] ?? '';
  }

  #read(): string {
    const character = this.#pattern[this.#at];
    if (character === undefined) throw new Error('expected more');
    this.#at++;
    return character;
  }

  #take(text: string): boolean {
    if (!this.#pattern.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }
}
