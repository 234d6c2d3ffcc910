/** Looks every few milliseconds until something is so. @throws Error naming what it waited for */
export async function until(what: string, isSo: () => boolean, within = 15_000): Promise<void> {
  const end = Date.now() + within;
  while (!isSo()) {
    if (Date.now() > end)
      throw new Error(`expected ${what} within ${within / 1000} s, found that it is not so`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
