/** One who takes part in a row. Each of its runs is a process of its own. */
export interface Contestant {
  readonly name: string;
  /** The reference is what the ratios are to; `ours` is run once per build, `peer` left out with `--only ours`. */
  readonly kind: 'reference' | 'baseline' | 'ours' | 'peer';
  readonly program: string;
  /** The protocol of the server; without it there is none. */
  readonly protocol?: string;
  readonly options: Record<string, unknown>;
  /** For one that takes minutes. */
  readonly maxRuns?: number;
  readonly nodeFlags?: readonly string[];
}

/** One number of a row. */
export interface Measure {
  /** Its name in what the programs return. */
  readonly key: string;
  readonly label: string;
  readonly unit: string;
  /** What it must not exceed: as a ratio to the reference, or by itself where the row has none. */
  readonly limit?: number;
  /** Stands for itself, although the row has a reference. */
  readonly absolute?: boolean;
  /** Not met, it is a defect and not a matter of speed: the whole run fails. */
  readonly required?: boolean;
}

export interface Row {
  readonly id: string;
  readonly title: string;
  readonly runs: number;
  /** Not part of a whole run; `--long` or its name asks for it. */
  readonly long?: boolean;
  readonly measures: readonly Measure[];
  readonly contestants: readonly Contestant[];
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
  /** Of each run to the run of the reference beside it. */
  readonly ratio?: Summary;
  /** Whether ours keeps the limit. */
  readonly kept?: boolean;
}

export interface MeasuredRow {
  readonly id: string;
  readonly title: string;
  readonly date: string;
  readonly measures: readonly (Measure & { readonly results: readonly Result[] })[];
}
