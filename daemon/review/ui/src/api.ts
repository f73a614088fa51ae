// Calls to larum. Every failure becomes a Failure with the API's own code.
import { sayIf, say } from "./words";
import type { Session } from "./types";

export class Failure extends Error {
    constructor(readonly status: number, readonly code: string, what: string) {
        super(what);
    }
}

let csrf = "";
let onSignedOut = () => {};

export const setCsrf = (token: string) => (csrf = token);
export const whenSignedOut = (call: () => void) => (onSignedOut = call);

export async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const headers: Record<string, string> = {};
    if (body !== undefined) headers["Content-Type"] = "application/json";
    if (method !== "GET") headers["X-CSRF-Token"] = csrf;
    let answer: Response;
    try {
        answer = await fetch(path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
    } catch {
        throw new Failure(0, "offline", say("error.offline"));
    }
    const read = await answer.json().catch(() => ({}));
    if (answer.ok) return read as T;
    if (answer.status === 401 && read.error === "signed_out") onSignedOut();
    throw new Failure(answer.status, read.error ?? "failed", sayIf(`error.${read.error}`, read.what ?? say("error.offline")));
}

export const get = <T>(path: string) => call<T>("GET", path);
export const post = <T>(path: string, body: unknown = {}) => call<T>("POST", path, body);
export const put = <T>(path: string, body: unknown) => call<T>("PUT", path, body);

export async function signIn(name: string, password: string): Promise<Session> {
    return post<Session>("/api/session", { name, password });
}

export const brandPath = (brand: string) => `/api/brands/${encodeURIComponent(brand)}`;
