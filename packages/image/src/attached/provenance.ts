import type { BaseLock } from '../base/lock.ts';
import { type Image, SOURCE } from '../image.ts';
import type { Content } from '../oci/content.ts';
import { SPDX } from './sbom.ts';

export const IN_TOTO = 'application/vnd.in-toto+json';
export const PREDICATE_TYPE = 'https://slsa.dev/provenance/v1';

/** https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md with https://slsa.dev/spec/v1.0/provenance */
export interface Statement {
  _type: 'https://in-toto.io/Statement/v1';
  subject: { name: string; digest: { sha256: string } }[];
  predicateType: typeof PREDICATE_TYPE;
  predicate: {
    buildDefinition: {
      buildType: string;
      externalParameters: { module: string; version: string; platforms: string[] };
      resolvedDependencies: { uri: string; digest: Record<string, string> }[];
    };
    runDetails: {
      builder: { id: string };
      byproducts: { name: string; mediaType: string; digest: { sha256: string } }[];
    };
  };
}

/** Who built an image, and from what: this is where the commit is told, and nowhere in the image itself. */
export function provenance(options: {
  image: Image;
  /** `registry/repository` */
  subject: string;
  /** the commit, 40 or 64 hex digits */
  revision: string;
  /** a URI that names who built it, such as that of the workflow's run */
  builder: string;
  lock: BaseLock;
  sbom: Content;
}): Statement {
  const { image, subject, revision, builder, lock, sbom } = options;
  const bases = image.platforms.map(({ platform }) => lock.platforms[platform].layer.diffId);
  return {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: subject, digest: { sha256: hex(image.top.digest) } }],
    predicateType: PREDICATE_TYPE,
    predicate: {
      buildDefinition: {
        buildType: `${SOURCE}/tree/main/packages/image`,
        externalParameters: {
          module: image.name,
          version: image.version,
          platforms: image.platforms.map(({ platform }) => platform),
        },
        resolvedDependencies: [
          { uri: `git+${SOURCE}`, digest: { gitCommit: revision } },
          ...bases.map((diffId) => ({
            uri: `git+${SOURCE}#packages/image/base.lock.json`,
            digest: { sha256: hex(diffId) },
          })),
        ],
      },
      runDetails: {
        builder: { id: builder },
        // The signature over this statement holds the SBOM as well.
        byproducts: [{ name: 'sbom.spdx.json', mediaType: SPDX, digest: { sha256: hex(sbom.digest) } }],
      },
    },
  };
}

const hex = (digest: string) => digest.replace('sha256:', '');
