// Why a request failed: the server said no, or did not answer.

/** The server's refusal, with its stable code. */
export class ApiError extends Error {
    constructor(
        readonly status: number,
        readonly code: string,
        message: string,
    ) {
        super(message);
    }
}

/** No answer: no network, or the server is not there. Whether it got the request is unknown. */
export class NoAnswer extends Error {
    readonly code = "no-answer";

    constructor() {
        super("no answer from the server");
    }
}

/** The refusal in a response's body, in whatever form it came. */
export function refusalOf(status: number, body: string): ApiError {
    try {
        const { error } = JSON.parse(body) as { error?: { code?: unknown; message?: unknown } };
        if (typeof error?.code === "string") {
            return new ApiError(status, error.code, typeof error.message === "string" ? error.message : "");
        }
    } catch {
        // Not from the server itself: a proxy's page.
    }
    return new ApiError(status, `http-${status}`, body.slice(0, 200));
}
