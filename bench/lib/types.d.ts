/** What a process of a client runs. */
export interface Run {
  readonly program: string;
  /** The protocol of the server. Without a protocol there is no server. */
  readonly protocol?: string;
  /** The server also offers TLS. */
  readonly secure?: boolean;
  readonly options?: Record<string, unknown>;
  readonly nodeFlags?: readonly string[];
  /** The folder of our build. */
  readonly dist?: string;
}

/** A client, or a floor, that a row measures, in processes of its own. */
export interface Contestant extends Run {
  readonly name: string;
  /** Ratios are relative to the reference. `ours` runs once per build. `--only ours` leaves out each `peer`. */
  readonly kind: 'reference' | 'baseline' | 'ours' | 'peer';
  /** One run measures several contestants: the name of this one in its result. */
  readonly part?: string;
  /** What the table says if its run does not have this contestant. */
  readonly missing?: string;
  /** At most this number of runs, for a contestant that takes minutes. */
  readonly maxRuns?: number;
}

/** One number of a row. */
export interface Measure {
  /** The name of the number in the result of a program. */
  readonly key: string;
  readonly label: string;
  readonly unit: string;
  /**
   * The largest ratio to the reference, or the largest value where the row has no reference: of all that is ours, or by
   * the name of the contestant.
   */
  readonly limit?: number | Readonly<Record<string, number>>;
  /** The largest upper end of the interval. */
  readonly highest?: number;
  /** The contestant that ratios are relative to. Default: the one of this kind. */
  readonly reference?: string;
  /** There is no ratio, although the row has a reference. The limit is for the value. */
  readonly absolute?: boolean;
  /** A value over the limit is a defect, not a matter of speed: the whole run fails. */
  readonly required?: boolean;
}

/** What a file of `rows` makes. */
export interface RowDefinition {
  readonly title: string;
  /** New processes of each contestant. */
  readonly runs?: number;
  /** Instead of `runs`: each contestant has one process that stays alive, and their rounds alternate. */
  readonly rounds?: number;
  /** Runs only with `--long`, or when it is asked for by name. */
  readonly long?: boolean;
  readonly measures: readonly Measure[];
  readonly contestants: readonly Contestant[];
}

export interface Row extends RowDefinition {
  readonly name: string;
  readonly tag: string;
}

export interface Summary {
  readonly median: number;
  /** The 95 % interval of the median. Missing if there are too few runs. */
  readonly interval?: readonly [low: number, high: number];
  readonly min: number;
  readonly max: number;
  readonly runs: number;
}

export interface Result {
  readonly name: string;
  readonly kind: Contestant['kind'];
  /** Why there is no value. */
  readonly missing?: string;
  readonly value?: Summary;
  /** Of each run to the run of the reference in the same turn. */
  readonly ratio?: Summary;
  /** The limit for this contestant, if it is ours. */
  readonly target?: number;
  /** Whether the median, and the upper end of its interval, are within their limits. */
  readonly kept?: boolean;
}

export interface MeasuredRow {
  readonly name: string;
  readonly tag: string;
  readonly title: string;
  readonly date: string;
  readonly measures: readonly (Measure & { readonly results: readonly Result[] })[];
}
