// Small line drawings, one stroke, in the colour of the text around them.
const paths: Record<string, string> = {
    phone: "M6.5 3.5l2.6 5-1.9 1.7a13 13 0 0 0 6.6 6.6l1.7-1.9 5 2.6-.6 3a2 2 0 0 1-2.1 1.5A17.5 17.5 0 0 1 2 6.2a2 2 0 0 1 1.5-2.1z",
    email: "M3 6h18v12H3zM3 7l9 6.5L21 7",
    chat: "M4 5h16v11H10l-4.5 3.5V16H4z",
    messenger: "M12 4c5 0 9 3.4 9 7.7s-4 7.7-9 7.7c-.9 0-1.800-.1-2.600-.3L6 21v-3.200C4.200 16.400 3 14.200 3 11.700 3 7.400 7 4 12 4zM7.500 13.500l3-3 2.500 2 3.500-3",
    form: "M5 3h10l4 4v14H5zM9 11h6M9 15h6",
    store: "M4 9l1.500-5h13L20 9M4 9v11h16V9M4 9h16M9 20v-6h6v6",
    letter: "M3 6h18v12H3zM3 18l6-5.500M21 18l-6-5.500M3 6l9 7 9-7",
    app: "M8 2.500h8a1.500 1.500 0 0 1 1.500 1.500v16a1.500 1.500 0 0 1-1.500 1.500H8A1.500 1.500 0 0 1 6.500 20V4A1.500 1.500 0 0 1 8 2.500zM11 18.500h2",
    social: "M7 12.500a2.500 2.500 0 1 1-.1-.6zM7 11l9.500-5M7 13.500l9.500 4.500M16 5a2.500 2.500 0 1 1 .2 1M16 19a2.500 2.500 0 1 0 .2-1",
    post: "M4 10v4h3l7 4V6l-7 4zM17.500 9a4 4 0 0 1 0 6",
    case_opened: "M4 7h6l2 2h8v10H4zM12 12v4M10 14h4",
    case_closed: "M4 7h6l2 2h8v10H4zM9.500 14l2 2 3.500-3.500",
    promise: "M12 7v5l3.500 2M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0z",
    back: "M15 5l-7 7 7 7",
    plus: "M12 5v14M5 12h14",
    link: "M10 14L20 4M14 4h6v6M19 13v6H5V5h6",
    person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.500 20a7.500 7.500 0 0 1 15 0",
    calm: "M4 15c2.500-3 5-3 8 0s5.500 3 8 0M4 10c2.500-3 5-3 8 0s5.500 3 8 0",
    down: "M6 9l6 6 6-6",
};

export function Icon({ name }: { name: string }) {
    return (
        <svg class="icon" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.7" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">
            <path d={paths[name] ?? paths.social} />
        </svg>
    );
}

export function Mark() {
    return (
        <svg class="mark" viewBox="0 0 32 32" aria-hidden="true">
            <rect class="mark-ground" width="32" height="32" rx="9" />
            <path class="mark-bell" d="M9 20.500h14l-1.800-2.800v-4.200a5.200 5.200 0 0 0-10.400 0v4.200z" />
            <circle class="mark-dot" cx="16" cy="23.600" r="1.900" />
        </svg>
    );
}
