export { type BaseSource, baseLayer } from './base/base-layer.ts';
export { type BaseLock, readLock } from './base/lock.ts';
export { updateBase } from './base/update.ts';
export { type Bundle, bundle } from './bundle.ts';
export { buildImage, type Image } from './image.ts';
export { writeArchive } from './oci/archive.ts';
export { DEFAULT_PLATFORM, PLATFORMS, type Platform, parsePlatforms } from './oci/platform.ts';
export { formatReference, parseReference, type Reference } from './registry/reference.ts';
