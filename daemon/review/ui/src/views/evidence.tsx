import { useState } from "preact/hooks";
import { brandPath, post } from "../api";
import { Dialog, Section } from "../parts";
import { useShared } from "../state";
import type { Candidate, Customer, Detail, Evidence } from "../types";
import { percent, say, sayIf, spoken, type Key } from "../words";

const bits = (weight: number) =>
    new Intl.NumberFormat(spoken(), { maximumFractionDigits: 1, minimumFractionDigits: 1, signDisplay: "always" }).format(weight);

function strength(weight: number): Key {
    if (weight < 0) return "evidence.against";
    return weight >= 8 ? "evidence.strong" : weight >= 3 ? "evidence.some" : "evidence.weak";
}

// Each piece begins where the last one ended: the bars walk to the sum.
function Waterfall({ evidence }: { evidence: Evidence[] }) {
    const ends: number[] = [];
    evidence.reduce((sum, one, index) => (ends[index] = sum + one.weight), 0);
    const low = Math.min(0, ...ends);
    const width = Math.max(0, ...ends) - low || 1;
    const place = (value: number) => `${(100 * (value - low)) / width}%`;
    return (
        <ul class="waterfall">
            {evidence.map((one, index) => {
                const from = index ? ends[index - 1] : 0;
                const [left, right] = [Math.min(from, ends[index]), Math.max(from, ends[index])];
                return (
                    <li class={one.weight < 0 ? "against" : "for"}>
                        <span class="field">{sayIf(`field.${one.field}`, one.field)}</span>
                        <span class="values">
                            {one.post && <q title={say("evidence.post")}>{sayIf(`topic.${one.post}`, one.post)}</q>}
                            {one.record && one.record !== one.post && <>{one.post && " ↔ "}<q title={say("evidence.record")}>{sayIf(`topic.${one.record}`, one.record)}</q></>}
                        </span>
                        <span class="track" aria-hidden="true">
                            <i style={{ left: place(left), width: `max(3px, ${(100 * (right - left)) / width}%)` }} />
                        </span>
                        <span class="weight">{say(strength(one.weight))} <small>{say("evidence.bits", { n: bits(one.weight) })}</small></span>
                    </li>
                );
            })}
        </ul>
    );
}

function CandidateRow({ candidate, detail, open }: { candidate: Candidate; detail: Detail; open: boolean }) {
    const { refresh, tell, fail } = useShared();
    const [busy, setBusy] = useState(false);
    const evidence = (candidate.evidence ?? []).filter((one) => Math.abs(one.weight) >= 0.05).sort((a, b) => b.weight - a.weight);
    const decide = async (state: "confirmed" | "rejected") => {
        setBusy(true);
        try {
            await post(`${brandPath(detail.brand)}/posts/${detail.post.id}/identity`, { customer: candidate.id, state });
            tell(say("act.done"));
            refresh();
        } catch (error) {
            fail(error);
        } finally {
            setBusy(false);
        }
    };
    return (
        <details class={`candidate ${candidate.state}`} open={open}>
            <summary>
                <b>{candidate.name ?? candidate.initials}</b>
                <span class="ref">{candidate.ref}</span>
                {candidate.state === "suggested" ? (
                    <span class="sure">
                        <meter min={0} max={1} value={candidate.probability} aria-hidden="true" />
                        {say("who.sure", { p: percent(candidate.probability) })}
                    </span>
                ) : (
                    <span class="sure">
                        {say(`who.state.${candidate.state}` as Key)}
                        {candidate.by && `, ${say("who.by", { name: candidate.by })}`}
                    </span>
                )}
            </summary>
            {evidence.length > 0 ? <Waterfall evidence={evidence} /> : <p class="hint">{say("who.no_evidence")}</p>}
            {detail.role !== "viewer" && (
                <div class="buttons">
                    {candidate.state !== "confirmed" && <button disabled={busy} onClick={() => decide("confirmed")}>{say("who.confirm")}</button>}
                    {candidate.state !== "rejected" && <button data-act="reject" disabled={busy} onClick={() => decide("rejected")}>{say("who.reject")}</button>}
                </div>
            )}
        </details>
    );
}

export function Who({ detail }: { detail: Detail }) {
    const { customer, candidates } = detail.identity;
    const best = candidates[0];
    const suggested = candidates.some((one) => one.state === "suggested");
    return (
        <Section title={say("detail.who")} name="who-card">
            {customer && (
                <p class="certain">
                    <b>{say(best?.state === "confirmed" ? "who.confirmed" : "who.certain", { name: customer.name })}</b>
                    <span class="ref">{customer.ref}</span>
                    {customer.city && <span>{customer.city}</span>}
                    {customer.tier && <span class="tier">{customer.tier}</span>}
                    {customer.objected && <span class="tier">{say("who.objected")}</span>}
                </p>
            )}
            {!customer && suggested && (
                <p class="uncertain">
                    <b>{say("who.probably")}</b> <span>{say("who.probably.more")}</span>
                </p>
            )}
            {!customer && !suggested && <p class="hint">{say("who.nobody")}</p>}
            {candidates.map((one, index) => (
                <CandidateRow key={one.id + one.state} candidate={one} detail={detail} open={index === 0 && one.state === "suggested" && !customer} />
            ))}
            {customer && <PersonActs detail={detail} customer={customer} />}
            {candidates.length > 0 && <p class="fine">{say("who.not_proof")}</p>}
        </Section>
    );
}

// What the customer may ask for: not to be matched any more, or to be forgotten.
function PersonActs({ detail, customer }: { detail: Detail; customer: Customer }) {
    const { session, refresh, tell, fail } = useShared();
    const [open, setOpen] = useState<"" | "objection" | "erasure">("");
    const [busy, setBusy] = useState(false);
    if (!session.erasure || detail.role === "viewer") return null;
    const send = async (event: SubmitEvent) => {
        event.preventDefault();
        const typed = new FormData(event.currentTarget as HTMLFormElement).get("typed");
        setBusy(true);
        try {
            await post(`${brandPath(detail.brand)}/customers/${customer.id}/${open}`, { confirm: typed ?? customer.ref });
            tell(say("act.done"));
            setOpen("");
            refresh();
        } catch (error) {
            fail(error);
        } finally {
            setBusy(false);
        }
    };
    return (
        <div class="buttons person">
            <button class="quiet small" onClick={() => setOpen("objection")}>{say("act.object")}</button>
            {detail.role === "admin" && <button class="quiet small" onClick={() => setOpen("erasure")}>{say("act.erase")}</button>}
            {open && (
                <Dialog title={say(open === "erasure" ? "act.erase" : "act.object").replace("…", "")} onClose={() => setOpen("")}>
                    <form onSubmit={send}>
                        <p>{say(open === "erasure" ? "act.erase.text" : "act.object.text")}</p>
                        {open === "erasure" && (
                            <label>
                                {say("act.erase.type", { ref: customer.ref })}
                                <input name="typed" required autocomplete="off" />
                            </label>
                        )}
                        <div class="buttons end">
                            <button type="button" class="quiet" onClick={() => setOpen("")}>{say("act.cancel")}</button>
                            <button class="primary" disabled={busy}>{say(open === "erasure" ? "act.erase" : "act.object").replace("…", "")}</button>
                        </div>
                    </form>
                </Dialog>
            )}
        </div>
    );
}
