// The frame of every screen: its heading takes the focus when the route changes, so that screen readers begin there.

import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";

/** The first screen leaves the focus where the browser puts it. */
let first = true;

export function Page({ title, lead, children }: { title: string; lead?: ComponentChildren; children: ComponentChildren }) {
    const heading = useRef<HTMLHeadingElement>(null);
    useEffect(() => {
        if (first) first = false;
        else {
            scrollTo(0, 0);
            heading.current?.focus({ preventScroll: true });
        }
    }, []);
    useEffect(() => void (document.title = `${title} – Tabella`), [title]);
    return (
        <article class="page">
            <header class="page-header">
                <h1 ref={heading} tabIndex={-1}>
                    {title}
                </h1>
                {lead !== undefined && <p class="lead">{lead}</p>}
            </header>
            {children}
        </article>
    );
}
