/**
 * What a bundler may replace by nothing. client-node imports these at the top of files that are used here, and they
 * are never reached from here: its own HTTP (undici), SOCKS proxies and the auth providers (both refused), and the
 * serializer with its 750 models (object-api.ts keeps JSON as it is). In a bundle that is 1.3 MB and 80 ms at the
 * first call, against 0.1 MB and 10 ms.
 */
export const NEVER_REACHED = {
  packages: ['undici', 'socks', 'socks-proxy-agent', 'openid-client', 'jsonpath-plus', 'rfc4648'],
  /** Matches the absolute path of the file. */
  files: /@kubernetes\/client-node\/dist\/serializer\.js$/,
};
