export interface Exit {
  /** null when a signal ended it. */
  code: number | null;
  signal: string | null;
}

/** A module at work. */
export interface Runner {
  /** `http://host:port` */
  readonly url: string;
  /** Where it is reached by another of this machine's addresses, for a port other than its own. */
  at(host: string, port?: number): string;
  /** Everything it has written to standard output and error so far. */
  output(): string;
  /** How it ended; undefined while it runs. */
  ended(): Exit | undefined;
  exited: Promise<Exit>;
  signal(name: 'SIGTERM' | 'SIGINT'): void;
  /** As SIGKILL does: at once, whatever it is doing. */
  kill(): Promise<void>;
  /** Milliseconds from the start until it accepted a connection; set once it does. */
  listensAfter?: number;
}

export interface Launch {
  env: Record<string, string>;
  /** Where it is expected to listen. */
  port: number;
}

/** What is checked: a module that can be started here, or one that runs elsewhere. */
export interface Target {
  title: string;
  /** Starts it; does not wait until it listens. Absent where it runs elsewhere. */
  launch?(launch: Launch): Runner;
  /** Takes a port of its host; undefined when something else has it. Default: of this machine. */
  occupy?(port: number): Promise<{ port: number; free(): Promise<void> } | undefined>;
  /** Where it runs. */
  url?: string;
}
