/** Runs jobs right before the next painting of the page, each once, however often it is asked for. */
export class Painter {
  #jobs = new Set<() => void>();

  paint(job: () => void): void {
    if (this.#jobs.size === 0) requestAnimationFrame(() => this.#run());
    this.#jobs.add(job);
  }

  #run(): void {
    const jobs = this.#jobs;
    this.#jobs = new Set();
    for (const job of jobs) job();
  }
}
