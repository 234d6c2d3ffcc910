import { staleFiles, writeCatalog } from '@forkspacer/catalog';
import { repository } from '../repository.ts';

/** `catalog`: writes what is stale, or with --check names it. */
export async function catalog({ check }: { check?: boolean }): Promise<void> {
  if (!check) {
    const written = await writeCatalog(repository);
    console.log(
      written.length === 0 ? 'The catalog is current.' : written.map((path) => `wrote ${path}`).join('\n'),
    );
    return;
  }
  const stale = await staleFiles(repository);
  if (stale.length > 0)
    throw new Error(`the catalog is stale: run pnpm catalog and commit ${stale.join(', ')}`);
  console.log('The catalog is current.');
}
