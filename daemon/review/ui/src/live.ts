// The stream of changes. The browser reconnects by itself; what was missed meanwhile is read anew.
import { useEffect, useState } from "preact/hooks";
import type { News } from "./state";

export function useLive(signedIn: boolean, check: () => void): [News, () => void] {
    const [beat, setBeat] = useState(0);
    const [live, setLive] = useState(true);
    useEffect(() => {
        if (!signedIn) return;
        let source: EventSource | undefined;
        let again: number | undefined;
        let soon: number | undefined;
        let opened = false;
        // Several changes at once are one reading.
        const changed = () => {
            clearTimeout(soon);
            soon = window.setTimeout(() => setBeat((now) => now + 1), 150);
        };
        const open = () => {
            source = new EventSource("/api/events");
            source.onopen = () => {
                setLive(true);
                if (opened) changed();
                opened = true;
            };
            source.addEventListener("change", changed);
            source.onerror = () => {
                setLive(false);
                if (source?.readyState !== EventSource.CLOSED) return;
                // Refused, not lost: the session may have ended.
                check();
                again = window.setTimeout(open, 5000);
            };
        };
        open();
        return () => {
            source?.close();
            clearTimeout(again);
            clearTimeout(soon);
        };
    }, [signedIn]);
    return [{ beat, live }, () => setBeat((now) => now + 1)];
}
