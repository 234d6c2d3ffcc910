/** The platforms that images are made for, as OCI writes them. */
export const PLATFORMS = ['linux/amd64', 'linux/arm64'] as const;
export type Platform = (typeof PLATFORMS)[number];

/** What an image is made for unless something else is asked for: the same on every machine, so that its digest is. */
export const DEFAULT_PLATFORM: Platform = 'linux/amd64';

/**
 * @param text `linux/amd64`, several with commas, or `all`
 * @throws Error when it names another platform.
 */
export function parsePlatforms(text: string): Platform[] {
  const given = text === 'all' ? PLATFORMS : text.split(',').map((part) => part.trim());
  const unknown = given.filter((platform) => !PLATFORMS.includes(platform as Platform));
  if (unknown.length > 0) {
    throw new Error(
      `expected a platform of ${PLATFORMS.join(', ')} or all, found ${JSON.stringify(unknown.join(','))}`,
    );
  }
  return PLATFORMS.filter((platform) => given.includes(platform));
}

export const architectureOf = (platform: Platform) => platform.split('/')[1]!;
