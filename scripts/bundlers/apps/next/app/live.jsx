'use client';

import { useEffect, useRef } from 'react';
import { showPrices } from '../../live.js';

/** Rendered on the server too, where it must do no harm; connects in the browser. */
export function Live({ url }) {
  const element = useRef(null);
  useEffect(() => {
    void showPrices(element.current, url);
  }, [url]);
  return <p id="live" ref={element} />;
}
