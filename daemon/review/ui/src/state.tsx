// What all views share: session, toasts, where we are, and a sign that something changed.
import { createContext } from "preact";
import { useCallback, useContext, useEffect, useState } from "preact/hooks";
import type { Brand, Session } from "./types";
import { Failure } from "./api";
import { say } from "./words";

export interface Toast {
    id: number;
    text: string;
    bad: boolean;
}

export interface Shared {
    session: Session;
    brand: (name: string) => Brand | undefined;
    go: (path: string) => void;
    path: string;
    news: News;
    refresh: () => void;
    tell: (text: string) => void;
    fail: (error: unknown) => void;
}

// Grows with each change that larum tells of; views read again when it does.
export interface News {
    beat: number;
    live: boolean;
}

export const SharedContext = createContext<Shared | null>(null);
export const useShared = () => useContext(SharedContext)!;

export function usePath(): [string, (path: string) => void] {
    const [path, setPath] = useState(location.pathname);
    useEffect(() => {
        const moved = () => setPath(location.pathname);
        addEventListener("popstate", moved);
        return () => removeEventListener("popstate", moved);
    }, []);
    const go = useCallback((to: string) => {
        if (to !== location.pathname) history.pushState(null, "", to);
        setPath(to);
    }, []);
    return [path, go];
}

export function useToasts() {
    const [toasts, setToasts] = useState<Toast[]>([]);
    const add = useCallback((text: string, bad: boolean) => {
        const id = Date.now() + Math.random();
        setToasts((now) => [...now.slice(-2), { id, text, bad }]);
        setTimeout(() => setToasts((now) => now.filter((one) => one.id !== id)), bad ? 8000 : 3500);
    }, []);
    const tell = useCallback((text: string) => add(text, false), [add]);
    const fail = useCallback((error: unknown) => {
        if (error instanceof Failure && error.code === "signed_out") return;
        add(error instanceof Failure ? error.message : say("error.crash"), true);
        if (!(error instanceof Failure)) console.error(error);
    }, [add]);
    return { toasts, tell, fail };
}

// Reads `load` now and whenever one of `when` changes; keeps what it had while reading again.
export function useRead<T>(load: () => Promise<T>, when: unknown[], fail: (error: unknown) => void) {
    const [read, setRead] = useState<{ value?: T; failed?: boolean }>({});
    useEffect(() => {
        let wanted = true;
        load().then(
            (value) => wanted && setRead({ value }),
            (error) => {
                if (!wanted) return;
                setRead((now) => ({ ...now, failed: true }));
                if (!(error instanceof Failure && error.status === 404)) fail(error);
            },
        );
        return () => {
            wanted = false;
        };
    }, when);
    return read;
}
