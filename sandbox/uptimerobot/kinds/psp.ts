import {
  filledText,
  flag,
  integer,
  listOf,
  nullable,
  oneOf,
  text,
  type Field,
} from "../../monitoring/fields";
import { escaped } from "../answers";
import type { Kind } from "./kind";

/** A public status page. */
export interface Psp {
  readonly friendlyName: string;
  readonly customDomain: string | null;
  /** Never answered. */
  readonly password: string | null;
  readonly monitorIds: readonly number[];
  readonly status: "ENABLED" | "PAUSED";
  readonly homepageLink: string | null;
  readonly gaCode: string | null;
  readonly shareAnalyticsConsent: boolean;
  readonly useSmallCookieConsentModal: boolean;
  readonly icon: string | null;
  readonly noIndex: boolean;
  readonly logo: string | null;
  readonly hideUrlLinks: boolean;
  readonly subscription: boolean;
  readonly showCookieBar: boolean;
  readonly pinnedAnnouncementId: number | null;
  readonly sort: number | null;
  readonly customSettings: object | null;
  readonly urlKey: string;
}

const anyObject: Field<object> = {
  read: (value) =>
    typeof value === "object" && value !== null ? { value } : { mistake: "must be an object" },
};

export const pspKind: Kind<"psps"> = {
  name: "psps",
  title: "PSP",
  fields: {
    friendlyName: filledText(),
    customDomain: nullable(text()),
    password: nullable(text()),
    monitorIds: listOf(integer()),
    status: oneOf(["ENABLED", "PAUSED"], "ENABLED"),
    homepageLink: nullable(text()),
    gaCode: nullable(text()),
    shareAnalyticsConsent: flag(false),
    useSmallCookieConsentModal: flag(false),
    icon: nullable(text()),
    noIndex: flag(false),
    logo: nullable(text()),
    hideUrlLinks: flag(false),
    subscription: flag(false),
    showCookieBar: flag(false),
    pinnedAnnouncementId: nullable(integer()),
    sort: nullable(integer()),
    customSettings: nullable(anyObject),
    urlKey: { read: () => ({ mistake: "should not exist" }), fallback: () => "" },
  },
  check: ({ monitorIds }, { account }) => {
    const unknown = monitorIds.find((id) => account.in("monitors").get(id) === undefined);
    return unknown === undefined ? undefined : `monitor ${unknown} not found`;
  },
  settle: (psp, { account }, before) => ({
    ...psp,
    urlKey: before?.urlKey ?? account.newSecret().slice(0, 10),
  }),
  shown: ({ id, attributes: { password, ...plain } }) => ({
    id,
    ...plain,
    friendlyName: escaped(plain.friendlyName),
    isPasswordSet: (password ?? "") !== "",
    monitorsCount: plain.monitorIds.length,
  }),
};
