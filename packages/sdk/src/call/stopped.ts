/** Why a verb was made to end; safe to show. */
export class Stopped extends Error {
  override readonly name = 'Stopped';
}
