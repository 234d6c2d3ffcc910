import { type Content, jsonContent } from './content.ts';

/** Media types, https://github.com/opencontainers/image-spec/blob/v1.1.1/media-types.md */
export const INDEX = 'application/vnd.oci.image.index.v1+json';
export const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
export const CONFIG = 'application/vnd.oci.image.config.v1+json';
export const LAYER = 'application/vnd.oci.image.layer.v1.tar+gzip';
export const EMPTY = 'application/vnd.oci.empty.v1+json';

export interface Descriptor {
  mediaType: string;
  digest: string;
  size: number;
  platform?: { architecture: string; os: string };
  artifactType?: string;
  annotations?: Record<string, string>;
}

export interface Manifest {
  schemaVersion: 2;
  mediaType: typeof MANIFEST;
  artifactType?: string;
  config: Descriptor;
  layers: Descriptor[];
  subject?: Descriptor;
  annotations?: Record<string, string>;
}

export interface Index {
  schemaVersion: 2;
  mediaType: typeof INDEX;
  manifests: Descriptor[];
}

/** https://github.com/opencontainers/image-spec/blob/v1.1.1/config.md */
export interface ImageConfig {
  architecture: string;
  os: string;
  created?: string;
  config: {
    User?: string;
    ExposedPorts?: Record<string, object>;
    Env?: string[];
    Entrypoint?: string[];
    WorkingDir?: string;
    Labels?: Record<string, string>;
  };
  rootfs: { type: 'layers'; diff_ids: string[] };
  history?: { created_by: string; created?: string }[];
}

export const describe = (mediaType: string, { digest, size }: Content): Descriptor => ({
  mediaType,
  digest,
  size,
});

/** What an artifact, which has no config, points to in its place. */
export const EMPTY_CONFIG = jsonContent({});

/** An artifact that a registry lists as a referrer of its subject. */
export function artifactManifest(options: {
  artifactType: string;
  subject: Descriptor;
  content: Content;
  annotations?: Record<string, string>;
}): Manifest {
  const { artifactType, subject, content, annotations } = options;
  return {
    schemaVersion: 2,
    mediaType: MANIFEST,
    artifactType,
    config: describe(EMPTY, EMPTY_CONFIG),
    layers: [describe(artifactType, content)],
    subject: { mediaType: subject.mediaType, digest: subject.digest, size: subject.size },
    ...(annotations ? { annotations } : {}),
  };
}
