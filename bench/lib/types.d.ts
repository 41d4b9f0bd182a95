/** A client, or a floor, that a row measures. Each run is a process of its own. */
export interface Contestant {
  readonly name: string;
  /** Ratios are relative to the reference. `ours` runs once per build. `--only ours` leaves out each `peer`. */
  readonly kind: 'reference' | 'baseline' | 'ours' | 'peer';
  readonly program: string;
  /** The protocol of the server. Without a protocol there is no server. */
  readonly protocol?: string;
  readonly options: Record<string, unknown>;
  /** At most this number of runs, for a contestant that takes minutes. */
  readonly maxRuns?: number;
  readonly nodeFlags?: readonly string[];
}

/** One number of a row. */
export interface Measure {
  /** The name of the number in the result of a program. */
  readonly key: string;
  readonly label: string;
  readonly unit: string;
  /** The largest ratio to the reference, or the largest value where the row has no reference. */
  readonly limit?: number;
  /** The limit is for the value, although the row has a reference. */
  readonly absolute?: boolean;
  /** A value over the limit is a defect, not a matter of speed: the whole run fails. */
  readonly required?: boolean;
}

/** What a file of `rows` makes. */
export interface RowDefinition {
  readonly title: string;
  readonly runs: number;
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
  readonly min: number;
  readonly max: number;
  readonly runs: number;
}

export interface Result {
  readonly name: string;
  readonly kind: Contestant['kind'];
  readonly value: Summary;
  /** Of each run to the run of the reference in the same turn. */
  readonly ratio?: Summary;
  /** Whether the value of `ours` is within the limit. */
  readonly kept?: boolean;
}

export interface MeasuredRow {
  readonly name: string;
  readonly tag: string;
  readonly title: string;
  readonly date: string;
  readonly measures: readonly (Measure & { readonly results: readonly Result[] })[];
}
