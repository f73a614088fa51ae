import { useState } from "preact/hooks";
import { brandPath, post } from "../api";
import { Section } from "../parts";
import { useShared } from "../state";
import type { Candidate, Detail, Identity } from "../types";
import { count, percent, say, type Key } from "../words";
import { Compare } from "./compare";
import { PersonActs } from "./person_acts";
import { Waterfall, scaleOf, type Scale } from "./waterfall";

function Share({ p }: { p: number }) {
    return (
        <>
            <span class="share" aria-hidden="true"><i style={{ width: `${100 * p}%` }} /></span>
            <span class="p">{percent(p)}</span>
        </>
    );
}

function Buttons({ candidate, detail }: { candidate: Candidate; detail: Detail }) {
    const { refresh, tell, fail } = useShared();
    const [busy, setBusy] = useState(false);
    if (detail.role === "viewer") return null;
    const decide = async (state: Candidate["state"]) => {
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
    const name = candidate.name ?? candidate.initials;
    const button = (state: Candidate["state"], words: Key) => (
        <button data-act={state} disabled={busy} aria-label={`${say(words)}: ${name}, ${candidate.ref}`} onClick={() => decide(state)}>{say(words)}</button>
    );
    return (
        <div class="buttons">
            {candidate.state !== "confirmed" && button("confirmed", "who.confirm")}
            {candidate.state !== "rejected" && button("rejected", "who.reject")}
            {candidate.state !== "suggested" && button("suggested", "who.undo")}
        </div>
    );
}

function CandidateRow({ candidate, detail, scale, open }: { candidate: Candidate; detail: Detail; scale: Scale; open: boolean }) {
    return (
        <details class={`candidate ${candidate.state}`} open={open}>
            <summary>
                <span class="name"><b>{candidate.name ?? candidate.initials}</b> <span class="ref">{candidate.ref}</span></span>
                <span class="band">
                    {candidate.state === "suggested" ? say(`band.${candidate.band}` as Key) : say(`who.state.${candidate.state}` as Key)}
                    {candidate.by && candidate.state !== "suggested" && `, ${say("who.by", { name: candidate.by })}`}
                </span>
                {candidate.state === "suggested" && <Share p={candidate.probability} />}
            </summary>
            {candidate.evidence.length > 0 ? <Waterfall candidate={candidate} scale={scale} /> : <p class="hint">{say("who.no_evidence")}</p>}
            <Buttons candidate={candidate} detail={detail} />
        </details>
    );
}

function Nobody({ p }: { p: number }) {
    return (
        <p class="candidate nobody">
            <span class="name"><b>{say("who.nobody.short")}</b></span>
            <span class="band" />
            <Share p={p} />
        </p>
    );
}

// The candidates and «nobody we know» in one row of shares, likeliest first; whom people ruled out stands last.
function Candidates({ detail }: { detail: Detail }) {
    const { candidates, nobody, hidden, customer } = detail.identity;
    const scale = scaleOf(candidates);
    const settled = candidates.some((one) => one.state === "confirmed");
    const before = candidates.filter((one) => one.state === "confirmed" || (one.state === "suggested" && one.probability >= (nobody ?? 0)));
    const after = candidates.filter((one) => !before.includes(one));
    const row = (one: Candidate, index: number) => (
        <CandidateRow key={one.id + one.state} candidate={one} detail={detail} scale={scale} open={index === 0 && one.state === "suggested" && !customer} />
    );
    return (
        <div class="candidates">
            {before.map(row)}
            {nobody !== null && !settled && <Nobody p={nobody} />}
            {after.map((one) => row(one, -1))}
            {hidden.count > 0 && !settled && (
                <p class="fine">{count("who.hidden", hidden.count)} {say("who.hidden.share", { p: percent(hidden.probability), least: percent(detail.identity.bands.suggest) })}</p>
            )}
            <Compare candidates={candidates} nobody={settled ? null : nobody} />
        </div>
    );
}

function Claim({ identity }: { identity: Identity }) {
    const { customer, candidates, bands } = identity;
    if (customer) {
        const confirmed = candidates.some((one) => one.state === "confirmed");
        return (
            <p class="certain">
                <b>{say(confirmed ? "who.confirmed" : "who.certain", { name: customer.name })}</b>
                <span class="ref">{customer.ref}</span>
                {customer.city && <span>{customer.city}</span>}
                {customer.tier && <span class="tier">{customer.tier}</span>}
                {customer.objected && <span class="tier">{say("who.objected")}</span>}
            </p>
        );
    }
    if (!candidates.some((one) => one.state === "suggested")) return <p class="hint">{say("who.nobody")}</p>;
    return (
        <p class="uncertain">
            <b>{say("who.probably")}</b> <span>{say("who.probably.more", { p: percent(bands.link) })}</span>
        </p>
    );
}

export function Who({ detail }: { detail: Detail }) {
    const { customer, candidates, hidden } = detail.identity;
    return (
        <Section title={say("detail.who")} name="who-card">
            <Claim identity={detail.identity} />
            {(candidates.length > 0 || hidden.count > 0) && <Candidates detail={detail} />}
            {customer && <PersonActs detail={detail} customer={customer} />}
            {candidates.length > 0 && <p class="fine">{say("who.not_proof")}</p>}
        </Section>
    );
}
