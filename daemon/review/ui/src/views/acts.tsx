import { useEffect, useState } from "preact/hooks";
import { brandPath, Failure, get, post } from "../api";
import { Dialog } from "../parts";
import { useShared } from "../state";
import type { Detail, Escalation } from "../types";
import { say, sayIf, type Key } from "../words";

const outcomes = ["solved", "compensated", "explained", "handed_over", "unreachable", "other"];
const dismissals = ["not_complaint", "wrong_person", "duplicate", "not_ours", "spam", "other"];
const topics = ["delivery", "return_refund", "warranty", "payment", "product", "account_app", "staff", "price_promo", "other"];
const signals = ["complaint", "repeat_contact", "broken_promise", "not_solved"];

function point(selector: string) {
    const button = document.querySelector<HTMLElement>(selector);
    button?.scrollIntoView({ block: "center" });
    button?.focus();
}

type Open = "" | "settle" | "dismiss" | "assign" | "correct";

export function Acts({ detail, escalation }: { detail: Detail; escalation: Escalation | undefined }) {
    const { session, refresh, tell, fail } = useShared();
    const [open, setOpen] = useState<Open>("");
    const [busy, setBusy] = useState(false);
    // A button in the chat leads here with what its reader wants. It is made ready, never done: a link alone must not act.
    useEffect(() => {
        const wanted = new URLSearchParams(location.search).get("do");
        if (!wanted || detail.role === "viewer") return;
        history.replaceState(null, "", location.pathname);
        if (wanted === "not_a_complaint") setOpen("dismiss");
        if (wanted === "mine") point('[data-act="acknowledge"]');
        if (wanted === "not_this_person") point('[data-act="reject"]');
    }, []);
    if (detail.role === "viewer") return null;

    const act = async (path: string, body: unknown = {}) => {
        setBusy(true);
        try {
            await post(brandPath(detail.brand) + path, body);
            tell(say("act.done"));
            setOpen("");
        } catch (error) {
            fail(error);
            if (!(error instanceof Failure) || error.status !== 409) return;
        } finally {
            setBusy(false);
        }
        refresh();
    };
    const on = (name: string, body?: unknown) => act(`/escalations/${escalation!.id}/${name}`, body);
    const live = escalation && ["open", "acknowledged", "spent"].includes(escalation.state);
    const owner = escalation?.assigned_to ?? escalation?.acknowledged_by;
    const mine = owner === session.account.name;

    return (
        <div class="acts">
            {live && escalation.state !== "acknowledged" && (
                <button class="primary" data-act="acknowledge" disabled={busy} onClick={() => on("acknowledge")}>{say("act.mine")}</button>
            )}
            {live && escalation.state === "acknowledged" && !mine && (
                <button disabled={busy} onClick={() => on("acknowledge", { take_over: true })}>{say("act.take_over", { name: owner ?? "" })}</button>
            )}
            {live && <button class={mine ? "primary" : ""} disabled={busy} onClick={() => setOpen("settle")}>{say("act.settle")}</button>}
            {live && <button disabled={busy} onClick={() => setOpen("dismiss")}>{say("act.dismiss")}</button>}
            {live && <button disabled={busy} onClick={() => setOpen("assign")}>{say("act.assign")}</button>}
            {live && mine && <button class="quiet" disabled={busy} onClick={() => on("release")}>{say("act.release")}</button>}
            <button class="quiet" disabled={busy} onClick={() => setOpen("correct")}>{say("act.correct")}</button>

            {open === "settle" && (
                <Choice title={say("act.settle")} label={say("act.outcome")} words="outcome" options={outcomes} busy={busy} onClose={() => setOpen("")}
                    onSend={(outcome, note) => on("settle", { outcome, note })} />
            )}
            {open === "dismiss" && (
                <Choice title={say("act.dismiss")} label={say("act.reason")} words="reason" options={dismissals} busy={busy} onClose={() => setOpen("")}
                    onSend={(reason, note) => on("dismiss", { reason, note })} />
            )}
            {open === "assign" && <Assign brand={detail.brand} busy={busy} onClose={() => setOpen("")} onSend={(account) => on("assign", { account })} />}
            {open === "correct" && (
                <Correct detail={detail} busy={busy} onClose={() => setOpen("")} onSend={(body) => act(`/posts/${detail.post.id}/verdict`, body)} />
            )}
        </div>
    );
}

function Buttons({ busy, onClose, send }: { busy: boolean; onClose: () => void; send?: string }) {
    return (
        <div class="buttons end">
            <button type="button" class="quiet" onClick={onClose}>{say("act.cancel")}</button>
            <button class="primary" disabled={busy}>{send ?? say("act.save")}</button>
        </div>
    );
}

function Choice(props: {
    title: string; label: string; words: string; options: string[]; busy: boolean;
    onClose: () => void; onSend: (choice: string, note: string) => void;
}) {
    const send = (event: SubmitEvent) => {
        event.preventDefault();
        const form = new FormData(event.currentTarget as HTMLFormElement);
        props.onSend(String(form.get("choice")), String(form.get("note") ?? ""));
    };
    return (
        <Dialog title={props.title.replace("…", "")} onClose={props.onClose}>
            <form onSubmit={send}>
                <fieldset>
                    <legend>{props.label}</legend>
                    <div class="choices">
                        {props.options.map((one, index) => (
                            <label class="choice">
                                <input type="radio" name="choice" value={one} required defaultChecked={index === 0} />
                                <span>{say(`${props.words}.${one}` as Key)}</span>
                            </label>
                        ))}
                    </div>
                </fieldset>
                <label>
                    {say("act.note")}
                    <textarea name="note" rows={3} maxLength={1500} />
                </label>
                <Buttons busy={props.busy} onClose={props.onClose} send={props.title.replace("…", "")} />
            </form>
        </Dialog>
    );
}

function Assign({ brand, busy, onClose, onSend }: { brand: string; busy: boolean; onClose: () => void; onSend: (account: string) => void }) {
    const { fail, session } = useShared();
    const [people, setPeople] = useState<{ id: string; name: string }[]>();
    if (!people) {
        setPeople([]);
        get<{ people: { id: string; name: string }[] }>(`${brandPath(brand)}/people`).then((read) => setPeople(read.people), fail);
    }
    const send = (event: SubmitEvent) => {
        event.preventDefault();
        onSend(String(new FormData(event.currentTarget as HTMLFormElement).get("account")));
    };
    return (
        <Dialog title={say("act.assign").replace("…", "")} onClose={onClose}>
            <form onSubmit={send}>
                <label>
                    {say("act.person")}
                    <select name="account" required>
                        {people?.filter((one) => one.id !== session.account.id).map((one) => <option value={one.id}>{one.name}</option>)}
                        {people?.filter((one) => one.id === session.account.id).map((one) => <option value={one.id}>{one.name}</option>)}
                    </select>
                </label>
                <Buttons busy={busy} onClose={onClose} />
            </form>
        </Dialog>
    );
}

function Correct({ detail, busy, onClose, onSend }: { detail: Detail; busy: boolean; onClose: () => void; onSend: (body: unknown) => void }) {
    const verdict = (detail.decisions?.[0]?.verdict ?? {}) as Record<string, unknown>;
    const send = (event: SubmitEvent) => {
        event.preventDefault();
        const form = new FormData(event.currentTarget as HTMLFormElement);
        const body: Record<string, unknown> = { topic: form.get("topic") };
        for (const one of signals) body[one] = form.has(one);
        onSend(body);
    };
    return (
        <Dialog title={say("act.correct").replace("…", "")} onClose={onClose}>
            <form onSubmit={send}>
                {signals.map((one) => (
                    <label class="choice">
                        <input type="checkbox" name={one} defaultChecked={Number(verdict[one] ?? 0) >= 0.5} />
                        <span>{say(`correct.${one}` as Key)}</span>
                    </label>
                ))}
                <label>
                    {say("correct.topic")}
                    <select name="topic">
                        {topics.map((one) => <option value={one} selected={verdict.topic === one}>{sayIf(`topic.${one}`, one)}</option>)}
                    </select>
                </label>
                <p class="hint">{say("correct.hint")}</p>
                <Buttons busy={busy} onClose={onClose} />
            </form>
        </Dialog>
    );
}
