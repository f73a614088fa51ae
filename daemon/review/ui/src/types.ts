// What the API answers, as far as the page reads it.
export type Urgency = "none" | "watch" | "flag" | "urgent";
export type State = "open" | "acknowledged" | "settled" | "dismissed" | "spent";
export type Role = "viewer" | "reviewer" | "admin";
export type View = "open" | "watch" | "done";

export interface Brand {
    name: string;
    role: Role;
    mode: "shadow" | "live";
    mode_fixed: boolean;
    zone: string;
}

export interface Session {
    account: { id: string; name: string; language: string };
    brands: Brand[];
    erasure: boolean;
    csrf: string;
    version: string;
}

export interface Reason {
    code: string;
    text: string;
}

export interface Story {
    contacts?: number;
    attempts?: number;
    channels?: string[];
    promise_broken_at?: string | null;
}

export interface Item {
    brand: string;
    post: string;
    escalation?: string;
    urgency: Urgency;
    state: State;
    outcome?: string | null;
    posts?: number;
    folded?: number;
    opened_at: string;
    changed_at?: string;
    answered_at?: string | null;
    answer_by?: string | null;
    acknowledged_by?: string | null;
    assigned_to?: string | null;
    shadow?: boolean;
    platform: string;
    kind: string;
    text: string | null;
    text_ended_at: string | null;
    deleted_at: string | null;
    author_name: string | null;
    author_handle: string | null;
    posted_at: string;
    rating: number | null;
    topic: string | null;
    reasons: Reason[] | null;
    story: Story | null;
    customer: { certain: boolean; name?: string; tier?: string } | null;
    case_ref: string | null;
}

export interface Span {
    signal: string;
    start: number;
    end: number;
}

export interface Decision {
    revision: number;
    decided_at: string;
    cause: string;
    urgency: Urgency;
    rule: string;
    reasons: Reason[] | null;
    verdict: Verdict | null;
}

export interface Verdict {
    topic?: string;
    spans?: Span[];
    complaint?: number;
    scores?: Record<string, number>;
}

// One step of the walk from «any customer» to the sum; `weight` and `sum` are bits.
export interface Evidence {
    field: string;
    says: string;
    post: string;
    record: string;
    weight: number;
    sum: number;
    probability: number;
}

export interface Candidate {
    id: string;
    ref: string;
    initials: string;
    name?: string;
    certain: boolean;
    band: "link" | "suggest";
    probability: number;
    state: "suggested" | "confirmed" | "rejected";
    by?: string | null;
    start: number;
    start_record: string;
    sum: number;
    evidence: Evidence[];
}

export interface Identity {
    customer: Customer | null;
    candidates: Candidate[];
    nobody: number | null;
    hidden: { count: number; probability: number };
    bands: { link: number; suggest: number };
}

export interface Customer {
    id: string;
    ref: string;
    name: string;
    tier: string;
    city: string;
    language: string;
    objected: boolean;
}

export interface Case {
    id: string;
    ref: string;
    status: "open" | "pending" | "closed";
    topic: string | null;
    subject: string;
    opened_at: string | null;
    closed_at: string | null;
    promised_at: string | null;
    order_ref: string;
    owner: string;
    team: string;
}

export interface Moment {
    what: "contact" | "case_opened" | "case_closed" | "promise" | "post";
    at: string;
    id: string;
    case_ref: string | null;
    channel: string | null;
    direction: "in" | "out" | null;
    text: string | null;
    who: string | null;
    automatic: boolean;
    urgency: Urgency | null;
}

export interface Alert {
    id: string;
    kind: string;
    step: number;
    channel: string;
    recipient: string;
    state: string;
    due_at: string;
    ended_at: string | null;
    tries: number;
    reason: string | null;
}

export interface Escalation {
    id: string;
    state: State;
    outcome: string | null;
    urgency: Urgency;
    posts: number;
    opened_at: string;
    changed_at: string;
    answered_at: string | null;
    next_at: string | null;
    shadow: boolean;
    acknowledged_by: string | null;
    assigned_to: string | null;
    alerts: Alert[] | null;
}

export interface Post {
    id: string;
    platform: string;
    kind: string;
    text: string | null;
    rating: number | null;
    attachments: { kind: string; url: string }[] | null;
    author: { name: string | null; handle: string | null; city: string | null; followers: number | null; url: string | null; hidden: boolean };
    posted_at: string;
    first_seen_at: string;
    edited_at: string | null;
    deleted_at: string | null;
    text_ended_at: string | null;
    url: string | null;
    on_ad: boolean;
    likes: number | null;
    shares: number | null;
    comments: number | null;
    reported_by: string | null;
    answer_by: string | null;
    order_refs: string[] | null;
}

export interface Detail {
    brand: string;
    role: Role;
    post: Post;
    decisions: Decision[] | null;
    identity: Identity;
    case: Case | null;
    story: Story | null;
    timeline: Moment[];
    escalations: Escalation[];
    replies: { id: string; at: string; text: string; by: string | null }[];
    labels: { kind: string; value: Record<string, unknown>; at: string; by: string | null }[];
}

export interface Source {
    brand: string;
    name: string;
    kind: string;
    state: "works" | "failing" | "late" | "dead" | "resting";
    last_ok_at: string | null;
    last_item_at: string | null;
    last_error: string | null;
    last_error_at: string | null;
    webhook_misses: number;
    posts: number;
    blocked_until: string | null;
    blocked_reason: string | null;
    dead_since: string | null;
    dead_reason: string | null;
    expires_at: string | null;
    used: number | null;
    spent: number | null;
    spent_budget: number | null;
    forecast: number | null;
    expected: number | null;
    missing: string[];
    notes: string[];
    coverage: { stream: string; from: string | null; to: string | null }[];
    gaps: { stream: string; from: string; to: string | null; reason: string; recovered: number; lost: boolean }[];
}

export interface Letter {
    brand: string;
    id: string;
    kind: string;
    source: string;
    reference: string;
    reason: string;
    at: string;
    rerun_at: string | null;
}
