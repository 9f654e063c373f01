/** What the vendor scripts put on the page, as far as it is used here. */

interface SweetAlertOptions {
  /** Other people's words may be in it. There is a `title` too, but that one is read as HTML. */
  readonly titleText?: string;
  readonly text?: string;
  readonly icon?: 'success' | 'error' | 'warning' | 'info' | 'question';
  readonly toast?: boolean;
  readonly position?: string;
  readonly timer?: number;
  readonly timerProgressBar?: boolean;
  readonly showConfirmButton?: boolean;
  readonly showCloseButton?: boolean;
  readonly showCancelButton?: boolean;
  /** Read as HTML, like the other button's: words of our own only. */
  readonly confirmButtonText?: string;
  readonly cancelButtonText?: string;
  readonly html?: HTMLElement;
  readonly showLoaderOnConfirm?: boolean;
  readonly focusConfirm?: boolean;
  readonly allowOutsideClick?: () => boolean;
  readonly didOpen?: () => void;
  /** What it resolves to becomes the result's value; false keeps the dialog open. */
  readonly preConfirm?: () => Promise<{ readonly said: string } | false>;
  readonly focusCancel?: boolean;
  readonly reverseButtons?: boolean;
  readonly heightAuto?: boolean;
  readonly theme?: string;
  readonly buttonsStyling?: boolean;
  readonly customClass?: Readonly<Record<string, string>>;
}

declare const Swal: {
  fire(
    options: SweetAlertOptions,
  ): Promise<{ readonly isConfirmed: boolean; readonly value?: { readonly said: string } }>;
  isLoading(): boolean;
  clickConfirm(): void;
  showValidationMessage(message: string): void;
  getValidationMessage(): HTMLElement | null;
};

declare const Alpine: {
  data(name: string, make: () => object): void;
};

/** The part of htmx's request context that is read here. */
interface HtmxContext {
  readonly sourceElement: Element;
  readonly confirm?: string;
  readonly request: { readonly headers: Record<string, string>; readonly method: string };
  readonly response?: { readonly status: number; readonly headers: Headers };
  readonly text?: string;
}

interface DocumentEventMap {
  'htmx:config:request': CustomEvent<{ readonly ctx: HtmxContext }>;
  'htmx:confirm': CustomEvent<{
    readonly ctx: HtmxContext;
    readonly issueRequest: () => void;
    readonly dropRequest: () => void;
  }>;
  'htmx:before:request': CustomEvent<{ readonly ctx: HtmxContext }>;
  'htmx:response:error': CustomEvent<{ readonly ctx: HtmxContext }>;
  'htmx:error': CustomEvent<{ readonly ctx: HtmxContext }>;
  'htmx:ws:after:connection': Event;
  'htmx:ws:close': CustomEvent<{
    readonly reason: string;
    readonly code: number | null;
    /** `attempt`: how many in a row have failed; by it htmx doubles the wait for the next. */
    readonly connection: { attempt: number };
  }>;
  'htmx:ws:after:message:incoming': Event;
  'htmx:after:swap': CustomEvent<{ readonly ctx: { readonly target?: Element } }>;
  'alpine:init': Event;
  /** The server's answer shows, in place, what is wrong with what was sent. */
  refused: Event;
  fieldrefused: CustomEvent<{
    readonly form: HTMLFormElement;
    readonly field: string;
    readonly text: string;
  }>;
  toast: CustomEvent<{ readonly kind: 'success' | 'error' | 'info'; readonly text: string }>;
}
