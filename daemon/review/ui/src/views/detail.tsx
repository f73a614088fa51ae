import { useEffect } from "preact/hooks";
import { brandPath, get } from "../api";
import { Icon } from "../icons";
import { Empty, Section, UrgencyChip, When, reasonText, safeLink } from "../parts";
import { useRead, useShared } from "../state";
import type { Case, Decision, Detail as Read, Escalation } from "../types";
import { at, count, day, moment, number, say, sayIf, type Key } from "../words";
import { Acts } from "./acts";
import { Alerts } from "./alerts";
import { Who } from "./evidence";
import { PostText } from "./post_text";
import { Timeline } from "./timeline";

export function Detail({ brand, id }: { brand: string; id: string }) {
    const { news, fail, go } = useShared();
    const { value, failed } = useRead(() => get<Read>(`${brandPath(brand)}/posts/${id}`), [brand, id, news.beat], fail);
    const detail = value?.post.id === id ? value : undefined;
    useEffect(() => {
        const escape = (event: KeyboardEvent) => {
            if (event.key === "Escape" && !document.querySelector("dialog[open]")) go("/");
        };
        addEventListener("keydown", escape);
        return () => removeEventListener("keydown", escape);
    }, []);

    return (
        <article class="detail" aria-busy={!detail}>
            <button class="quiet back" onClick={() => go("/")}><Icon name="back" />{say("nav.back")}</button>
            {!detail && failed && <Empty title={say("detail.gone")} />}
            {!detail && !failed && <p class="hint waiting">{say("detail.loading")}</p>}
            {detail && <Whole detail={detail} />}
        </article>
    );
}

function Whole({ detail }: { detail: Read }) {
    // The escalation that is live, else the last.
    const escalation = detail.escalations.find((one) => ["open", "acknowledged"].includes(one.state)) ?? detail.escalations[0];
    const decision = detail.decisions?.[0];
    return (
        <>
            <Head detail={detail} escalation={escalation} decision={decision} />
            <div class="columns">
                <div>
                    <Who detail={detail} />
                    {detail.case && <CaseCard matter={detail.case} zone={detail.brand} />}
                    <Timeline detail={detail} />
                </div>
                <div>
                    <Why decision={decision} earlier={detail.decisions?.slice(1) ?? []} brand={detail.brand} />
                    <Replies detail={detail} />
                    <Alerts detail={detail} />
                    <Labels detail={detail} />
                </div>
            </div>
        </>
    );
}

function Head({ detail, escalation, decision }: { detail: Read; escalation: Escalation | undefined; decision: Decision | undefined }) {
    const { post } = detail;
    const zone = useShared().brand(detail.brand)?.zone;
    const urgency = escalation?.urgency ?? decision?.urgency ?? "none";
    const link = safeLink(post.url);
    const author = post.author.name || (post.author.handle ? `@${post.author.handle}` : say("queue.hidden"));
    return (
        <header class={`head ${urgency}`}>
            <div class="line">
                <UrgencyChip urgency={urgency} />
                {escalation && <EscalationState escalation={escalation} />}
                <span class="place">{post.platform} · {detail.brand}</span>
                {link && <a class="out" href={link} target="_blank" rel="noopener noreferrer"><Icon name="link" />{say("detail.open_post")}</a>}
            </div>
            <h2>{author}{post.author.name && post.author.handle && <small> @{post.author.handle}</small>}</h2>
            <p class="meta">
                <span title={at(post.posted_at, zone)}>{at(post.posted_at, zone)}</span>
                <When time={post.posted_at} zone={zone} />
                {post.edited_at && <When time={post.edited_at} zone={zone} words="detail.edited" />}
                {post.author.followers ? <span>{say("detail.followers", { n: number(post.author.followers) })}</span> : null}
                {post.rating && <span>{say("detail.rating", { n: post.rating })}</span>}
                {post.likes ? <span>{count("detail.likes", post.likes)}</span> : null}
                {post.comments ? <span>{count("detail.comments", post.comments)}</span> : null}
                {post.shares ? <span>{count("detail.shares", post.shares)}</span> : null}
                {post.on_ad && <span>{say("detail.on_ad")}</span>}
                {post.order_refs?.map((ref) => <span key={ref}>{say("detail.order", { ref })}</span>)}
                <AnswerBy detail={detail} escalation={escalation} zone={zone} />
                {post.reported_by && <span>{say("detail.reported", { name: post.reported_by })}</span>}
            </p>
            <Words detail={detail} decision={decision} />
            <Acts detail={detail} escalation={escalation} />
        </header>
    );
}

// Until when the platform or the law wants an answer; silent once there is one.
function AnswerBy({ detail, escalation, zone }: { detail: Read; escalation: Escalation | undefined; zone: string | undefined }) {
    const until = detail.post.answer_by;
    if (!until || escalation?.answered_at || detail.replies.length > 0) return null;
    const over = Date.parse(until) < Date.now();
    return <b class={over ? "overdue" : ""}>{say(over ? "queue.answer_overdue" : "queue.answer_by", { when: moment(until, zone) })}</b>;
}

function EscalationState({ escalation }: { escalation: Escalation }) {
    const owner = escalation.assigned_to ?? escalation.acknowledged_by;
    const ended = escalation.outcome ? sayIf(`outcome.${escalation.outcome}`, sayIf(`reason.${escalation.outcome}`, escalation.outcome)) : "";
    return (
        <span class={`standing ${escalation.state}`} data-state={escalation.state}>
            {say(`state.${escalation.state}` as Key)}
            {ended ? `: ${ended}` : owner ? ` · ${owner}` : ""}
        </span>
    );
}

function Words({ detail, decision }: { detail: Read; decision: Decision | undefined }) {
    const { post } = detail;
    if (post.deleted_at) return <p class="post-text none">{say("queue.deleted")}</p>;
    if (post.text_ended_at) return <p class="post-text none">{say("queue.text_ended")}</p>;
    return (
        <>
            {post.text ? <PostText key={post.id} text={post.text} verdict={decision?.verdict ?? null} /> : <p class="post-text none">{say("queue.no_text")}</p>}
            {post.attachments && post.attachments.length > 0 && (
                <p class="meta">
                    {say("detail.attachments")}:
                    {post.attachments.map((one) => <a href={safeLink(one.url)} target="_blank" rel="noopener noreferrer">{one.kind || "link"}</a>)}
                </p>
            )}
        </>
    );
}

function Why({ decision, earlier, brand }: { decision: Decision | undefined; earlier: Decision[]; brand: string }) {
    const zone = useShared().brand(brand)?.zone;
    return (
        <Section name="why-card" title={say("detail.why")} aside={decision?.verdict?.topic && <span class="tier">{sayIf(`topic.${decision.verdict.topic}`, "")}</span>}>
            {!decision && <p class="hint">{say("detail.no_decision")}</p>}
            {decision && (
                <>
                    <ul class="reasons">{decision.reasons?.map((one) => <li key={one.code}>{reasonText(one)}</li>)}</ul>
                    <p class="fine">{say("detail.rule", { rule: decision.rule })}</p>
                </>
            )}
            {earlier.length > 0 && (
                <details class="earlier">
                    <summary>{say("detail.history")}</summary>
                    <ul>
                        {earlier.map((one) => (
                            <li><UrgencyChip urgency={one.urgency} /> {one.rule} <span class="dim"><When time={one.decided_at} zone={zone} /></span></li>
                        ))}
                    </ul>
                </details>
            )}
        </Section>
    );
}

function CaseCard({ matter, zone }: { matter: Case; zone: string }) {
    const shown = useShared().brand(zone)?.zone;
    return (
        <Section title={`${say("detail.case")} ${matter.ref}`} aside={<span class={`tier case-${matter.status}`}>{say(`case.status.${matter.status}` as Key)}</span>}>
            {matter.subject && <p class="subject">{matter.subject}</p>}
            <p class="meta">
                {matter.opened_at && <When time={matter.opened_at} zone={shown} words="case.opened" />}
                {matter.promised_at && <b class={Date.parse(matter.promised_at) < Date.now() && matter.status !== "closed" ? "overdue" : ""}>{say("case.promise", { when: day(matter.promised_at, shown) })}</b>}
                {matter.closed_at && <When time={matter.closed_at} zone={shown} words="case.closed" />}
                {(matter.owner || matter.team) && <span>{say("case.owner", { name: [matter.owner, matter.team].filter(Boolean).join(", ") })}</span>}
                {matter.order_ref && <span>{say("case.order", { ref: matter.order_ref })}</span>}
            </p>
        </Section>
    );
}

function Replies({ detail }: { detail: Read }) {
    const zone = useShared().brand(detail.brand)?.zone;
    if (detail.replies.length === 0) return null;
    return (
        <Section title={say("detail.replies")}>
            <ul class="replies">
                {detail.replies.map((one) => (
                    <li key={one.id}>
                        <p class="said">{one.text}</p>
                        <p class="when">{one.by} · <When time={one.at} zone={zone} /></p>
                    </li>
                ))}
            </ul>
        </Section>
    );
}

function Labels({ detail }: { detail: Read }) {
    const zone = useShared().brand(detail.brand)?.zone;
    if (detail.labels.length === 0) return null;
    return (
        <Section title={say("detail.labels")}>
            <ul class="labels">
                {detail.labels.map((one) => (
                    <li key={one.at + one.kind}>
                        <b>{one.by}</b> {sayIf(`label.${one.kind}`, one.kind)} <span class="dim"><When time={one.at} zone={zone} /></span>
                        {typeof one.value.note === "string" && one.value.note && <p class="said">{one.value.note}</p>}
                    </li>
                ))}
            </ul>
        </Section>
    );
}
