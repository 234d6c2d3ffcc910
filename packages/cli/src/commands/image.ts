import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { REGISTRY } from '@forkspacer/catalog';
import { buildImage, formatReference, parsePlatforms, parseReference, writeArchive } from '@forkspacer/image';
import { repository } from '../repository.ts';

/** `image <name> --out FILE`: the last line printed is the reference, pinned by its digest. */
export async function image(
  name: string,
  options: { out: string; platform: string; tag?: string },
): Promise<void> {
  const built = await buildImage(moduleFolder(name), { platforms: parsePlatforms(options.platform) });
  const reference = parseReference(options.tag ?? `${REGISTRY}/${built.name}:${built.version}`);
  await writeArchive(options.out, built, reference);
  console.log(formatReference({ ...reference, digest: built.top.digest }));
}

function moduleFolder(name: string): string {
  const folder = join(repository, 'modules', name);
  if (!/^[a-z0-9-]+$/.test(name) || !existsSync(join(folder, 'package.json'))) {
    throw new Error(`expected the name of a module, a folder of modules/, found ${JSON.stringify(name)}`);
  }
  return folder;
}
