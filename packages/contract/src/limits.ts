/** Metadata that a module may return, in bytes of JSON. The operator's own limit is 256 KiB for all annotations. */
export const METADATA_LIMIT = 64 * 1024;

/** The text of an error answer, in bytes of UTF-8, on one line: it goes into an Event. */
export const ERROR_TEXT_LIMIT = 700;

/** A YAML text that is taken for a resource, in bytes: what etcd would hold of it. */
export const YAML_LIMIT = 1024 * 1024;

/** What a YAML text may repeat through aliases, so that a few lines cannot become gigabytes. */
export const YAML_ALIAS_LIMIT = 100;

/** How deep a document or a config may nest. */
export const DEPTH_LIMIT = 100;
