import { spawnSync } from 'node:child_process';
import { existsSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';

const root = join(import.meta.dirname, '..');
const PAGE = 100;
const scripts: Record<string, string> = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).scripts;

const readmes = [
  'README.md',
  'CONTRIBUTING.md',
  ...globSync('{packages,modules}/*/README.md', { cwd: root }),
  'bench/README.md',
];

interface Example {
  language: string;
  code: string;
}

function examplesOf(readme: string): Example[] {
  const text = readFileSync(join(root, readme), 'utf8');
  return [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language, code]) => ({
    language: language!,
    code: code!,
  }));
}

test('every package and module has a README', () => {
  const without = globSync('{packages,modules}/*/package.json', { cwd: root })
    .map((manifest) => join(dirname(manifest), 'README.md'))
    .filter((readme) => !existsSync(join(root, readme)));
  expect(without).toEqual([]);
});

describe.each(readmes)('%s', (readme) => {
  const examples = examplesOf(readme);
  const folder = join(root, dirname(readme));

  test('is a page at most', () => {
    // A generated table may be as long as what it lists.
    const written = readFileSync(join(root, readme), 'utf8').replace(
      /^<!-- (\w+): generated [^\n]*-->$[\s\S]*?^<!-- end of \1 -->$/gm,
      '',
    );
    expect(written.split('\n').length).toBeLessThanOrEqual(PAGE);
  });

  test('links only to what is there', () => {
    const text = readFileSync(join(root, readme), 'utf8').replace(/`[^`\n]*`/g, '');
    const targets = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, target]) => target!);
    expect(targets.filter((target) => !existsSync(join(folder, target)))).toEqual([]);
  });

  // An example runs where a reader would put it: in a file of that package; the front page's is a module. The one after it, when it is a `text`
  // block, is what it prints.
  for (const [index, { language, code }] of examples.entries()) {
    const name = `example ${index + 1} (${language})`;
    if (language === 'ts') {
      test(`${name} runs`, () => {
        const home = readme === 'README.md' ? join(root, 'modules/hello') : folder;
        const file = join(home, `.readme-example-${index + 1}.ts`);
        writeFileSync(file, code);
        try {
          const { status, stdout, stderr } = spawnSync(process.execPath, [file], {
            encoding: 'utf8',
            timeout: 30_000,
          });
          expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
          const printed = examples[index + 1];
          if (printed?.language === 'text') expect(stdout.trim()).toBe(printed.code.trim());
        } finally {
          rmSync(file);
        }
      });
    }
    if (language === 'yaml') {
      test(`${name} is valid`, async () => {
        const { parseModule, parseCustom } = await import('@forkspacer/contract');
        for (const document of parseAllDocuments(code)) {
          expect(document.errors).toEqual([]);
          const object = document.toJS();
          if (object.kind === 'Module') expect(parseModule(object)).toMatchObject({ ok: true });
          if (object.kind === 'Custom') expect(parseCustom(object)).toMatchObject({ ok: true });
        }
      });
    }
    if (language === 'sh') {
      test(`${name} names commands that exist`, async () => {
        const { program } = await import('../packages/cli/src/program.ts');
        const commands = new Map(program().commands.map((command) => [command.name(), command]));
        for (const [, script, rest] of code.matchAll(/(?:^|\s)pnpm(?:@12)? ([a-z][a-z-]*)([^\n#]*)/g)) {
          expect(Object.keys(scripts).concat('install'), `pnpm ${script}`).toContain(script);
          if (script !== 'forkspacer-modules' && script !== 'demo' && script !== 'catalog') continue;
          const name = script === 'forkspacer-modules' ? rest!.trim().split(/\s+/)[0]! : script;
          const parent = commands.get(name);
          expect(parent, `forkspacer-modules ${name}`).toBeDefined();
          const below = rest!.trim().split(/\s+/)[1];
          const command = parent!.commands.find((one) => one.name() === below) ?? parent;
          for (const [option] of rest!.split(' -- ')[0]!.matchAll(/(?<=\s)--?[a-z][a-z-]*/g)) {
            expect(
              command!.options.flatMap(({ long, short }) => [long, short]),
              `${name} ${option}`,
            ).toContain(option);
          }
        }
      });
    }
  }
});
