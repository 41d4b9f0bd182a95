import type { Lifecycle, LifecycleEvents } from '../runtime.js';

/** The globals of a page or a worker; a server has none of them. */
interface Host {
  addEventListener?: EventTarget['addEventListener'];
  removeEventListener?: EventTarget['removeEventListener'];
  readonly document?: EventTarget & { readonly visibilityState: string };
}

/**
 * Reports when a page goes away and comes back: network, visibility, back/forward cache, freezing. In a worker it
 * reports the network only. On a server it reports nothing and is safe to use. The globals are looked up when listening
 * starts, so that a test or a polyfill can replace them.
 *
 * @example
 * ```ts
 * const stop = browserLifecycle.listen({ wake: (cause) => show(cause), sleep: (cause) => show(cause) });
 * stop();
 * ```
 */
export const browserLifecycle: Lifecycle = {
  listen(events: LifecycleEvents): () => void {
    const host = globalThis as Host;
    const page = host.document;
    const stops: (() => void)[] = [];
    const on = (target: Host | undefined, type: string, listener: (event: Event) => void): void => {
      if (typeof target?.addEventListener !== 'function') return;
      target.addEventListener(type, listener);
      stops.push(() => target.removeEventListener?.(type, listener));
    };
    on(host, 'online', () => events.wake('online'));
    on(host, 'offline', () => events.sleep('offline'));
    // The first 'pageshow' is an ordinary load. A persisted 'pageshow' comes from the back/forward cache.
    on(host, 'pageshow', (event) => {
      if ((event as PageTransitionEvent).persisted) events.wake('pageshow');
    });
    on(host, 'pagehide', () => events.sleep('pagehide'));
    on(page, 'visibilitychange', () => {
      if (page?.visibilityState === 'hidden') events.sleep('hidden');
      else events.wake('visible');
    });
    on(page, 'freeze', () => events.sleep('freeze'));
    on(page, 'resume', () => events.wake('resume'));
    return () => {
      for (const stop of stops.splice(0)) stop();
    };
  },
};
