// Small parts that several views use.
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Icon } from "./icons";
import type { Reason, Urgency } from "./types";
import { ago, at, say, sayIf, type Key } from "./words";

export function UrgencyChip({ urgency }: { urgency: Urgency }) {
    return <span class={`chip urgency ${urgency}`}>{say(`urgency.${urgency}` as Key)}</span>;
}

export function When({ time, zone, words }: { time: string; zone?: string; words?: Key }) {
    const relative = ago(time);
    return (
        <time dateTime={time} title={at(time, zone)}>
            {words ? say(words, { when: relative }) : relative}
        </time>
    );
}

// Links come from platforms and people: only the web's own kinds lead anywhere.
export const safeLink = (url: string | null | undefined) => (url && /^https?:\/\//i.test(url) ? url : undefined);

export function Empty({ title, text, icon = "calm" }: { title: string; text?: string; icon?: string }) {
    return (
        <div class="empty">
            <Icon name={icon} />
            <strong>{title}</strong>
            {text && <p>{text}</p>}
        </div>
    );
}

export function reasonText(reason: Reason): string {
    const n = /\d+/.exec(reason.code === "unsolved_case" ? "" : reason.text)?.[0];
    const key = n && reason.code === "repeat_contact" ? "why.repeat_contact.n" : `why.${reason.code}`;
    return sayIf(key, reason.text, { n: n ?? "" });
}

export function Dialog({ title, onClose, children }: { title: string; onClose: () => void; children: ComponentChildren }) {
    const dialog = useRef<HTMLDialogElement>(null);
    useEffect(() => dialog.current?.showModal(), []);
    return (
        <dialog ref={dialog} aria-label={title} onClose={onClose} onClick={(event) => event.target === dialog.current && onClose()}>
            <div class="dialog">
                <h2>{title}</h2>
                {children}
            </div>
        </dialog>
    );
}

export function Section({ title, aside, children, name }: { title: string; aside?: ComponentChildren; children: ComponentChildren; name?: string }) {
    return (
        <section class={`card ${name ?? ""}`}>
            <header>
                <h3>{title}</h3>
                {aside}
            </header>
            {children}
        </section>
    );
}
