/** How the client wants an answer: the object itself, a Table for `kubectl get`, or only metadata. */
export interface Wanted {
  as: 'object' | 'Table' | 'PartialObjectMetadata' | 'APIGroupDiscoveryList';
  /** The client takes no JSON at all. */
  unacceptable: boolean;
}

interface MediaType {
  type: string;
  parameters: Record<string, string>;
}

function parse(accept: string): MediaType[] {
  return accept.split(',').map((part) => {
    const [type = '', ...parameters] = part.split(';').map((each) => each.trim());
    return {
      type,
      parameters: Object.fromEntries(parameters.map((each) => each.split('=', 2) as [string, string])),
    };
  });
}

export function negotiate(accept: string | undefined): Wanted {
  if (!accept) return { as: 'object', unacceptable: false };
  for (const { type, parameters } of parse(accept)) {
    if (!['application/json', 'application/*', '*/*'].includes(type)) continue;
    const { as, g, v } = parameters;
    if (as === undefined) return { as: 'object', unacceptable: false };
    if (as === 'Table' && g === 'meta.k8s.io' && v === 'v1') return { as: 'Table', unacceptable: false };
    if (
      (as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList') &&
      g === 'meta.k8s.io' &&
      v === 'v1'
    ) {
      return { as: 'PartialObjectMetadata', unacceptable: false };
    }
    if (as === 'APIGroupDiscoveryList' && g === 'apidiscovery.k8s.io' && v === 'v2') {
      return { as: 'APIGroupDiscoveryList', unacceptable: false };
    }
  }
  return { as: 'object', unacceptable: true };
}
