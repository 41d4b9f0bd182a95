export { vi } from 'vitest';

/** A zone of zone.js. */
export declare const zone: { runOutsideAngular<T>(run: () => T): T };

/** That of Vue. */
export declare function reactive<T extends object>(state: T): T;

/** The worker of the page, made in a block before. */
export declare const worker: Worker;
