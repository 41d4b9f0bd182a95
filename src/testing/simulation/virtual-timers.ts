/** One callback that is due at a time. Of two that are due at the same time, the earlier `sequence` comes first. */
export interface VirtualTimer {
  readonly due: number;
  readonly sequence: number;
  readonly callback: () => void;
  /** The timer's place in the heap; -1 after it was removed. */
  index: number;
}

/**
 * Timers in the order of (due, sequence). A binary heap; each timer knows its place, so that `delete()` removes it at
 * once.
 */
export class VirtualTimers {
  readonly #heap: VirtualTimer[] = [];

  get size(): number {
    return this.#heap.length;
  }

  get first(): VirtualTimer | undefined {
    return this.#heap[0];
  }

  add(timer: VirtualTimer): void {
    this.#rise(timer, this.#heap.length);
  }

  /** Removes a timer; does nothing if the timer is not in the heap. */
  delete(timer: VirtualTimer | undefined): void {
    const index = timer?.index ?? -1;
    if (!timer || this.#heap[index] !== timer) return;
    timer.index = -1;
    const last = this.#heap.pop() as VirtualTimer;
    if (last === timer) return;
    if (isBefore(last, timer)) this.#rise(last, index);
    else this.#sink(last, index);
  }

  #rise(timer: VirtualTimer, from: number): void {
    let index = from;
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = this.#heap[parentIndex] as VirtualTimer;
      if (isBefore(parent, timer)) break;
      this.#place(parent, index);
      index = parentIndex;
    }
    this.#place(timer, index);
  }

  #sink(timer: VirtualTimer, from: number): void {
    const heap = this.#heap;
    let index = from;
    for (let child = 2 * index + 1; child < heap.length; child = 2 * index + 1) {
      const right = heap[child + 1];
      if (right && isBefore(right, heap[child] as VirtualTimer)) child++;
      const smaller = heap[child] as VirtualTimer;
      if (isBefore(timer, smaller)) break;
      this.#place(smaller, index);
      index = child;
    }
    this.#place(timer, index);
  }

  #place(timer: VirtualTimer, index: number): void {
    this.#heap[index] = timer;
    timer.index = index;
  }
}

function isBefore(a: VirtualTimer, b: VirtualTimer): boolean {
  return a.due < b.due || (a.due === b.due && a.sequence < b.sequence);
}
