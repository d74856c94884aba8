// What a command of the `pumjil` command line is. A file src/cli/<name>.ts that exports `command` is the command <name>; nothing else registers it.

/** Where a command reads and writes; the process outside tests, strings inside. */
export interface CommandIo {
  /** Results. */
  readonly stdout: { write(text: string): unknown };
  /** Messages for people. */
  readonly stderr: { write(text: string): unknown };
  /** Data piped in; absent where a person sits at a terminal. */
  readonly stdin?: AsyncIterable<Uint8Array | string> | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Folder that relative paths on the command line start from. */
  readonly cwd: string;
  /** True when a person watches stderr: progress bars are welcome. */
  readonly isTerminal: boolean;
  /** Aborted by Ctrl-C or SIGTERM: end, leave nothing half done. */
  readonly signal: AbortSignal;
  /** One line typed by the person, without echo where asked; undefined when there is no terminal. */
  ask(prompt: string, options?: { readonly hidden?: boolean }): Promise<string | undefined>;
}

export interface Command {
  /** One line for the overview. */
  readonly summary: { readonly en: string };
  /** Text of `--help`: usage line, options, exit codes and at least one example. */
  readonly usage: string;
  /**
   * Does the work. Imports heavy modules inside, so that `pumjil --help` stays quick.
   *
   * @param args everything after the command's name
   * @returns exit code: 0 done, 1 problems found or work failed (2, command line wrong, comes from throwing CLI_USAGE)
   */
  run(args: readonly string[], io: CommandIo): Promise<number>;
}
