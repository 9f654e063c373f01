import type { CredentialFormsModel } from '../components/credential-forms.tsx';
import type { SettingsGroupModel } from '../components/settings-group.tsx';
import type { ClientCard } from './bots.ts';
import type { WelcomePictureModel } from './welcome-picture.ts';

/** An owner's way in, as admins see it. */
export interface InviteRow {
  readonly id: string;
  readonly ownerName: string;
  readonly state: 'open' | 'used' | 'expired' | 'revoked';
  readonly createdBy: string;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly usedAt?: number;
}

export interface InvitesModel {
  readonly now: number;
  readonly clientId: string;
  readonly clientName: string;
  /** Newest first. */
  readonly invites: readonly InviteRow[];
  /** A link just made: shown this once. */
  readonly link?: { readonly ownerName: string; readonly url: string };
}

/** What only admins decide about a bot. */
export interface RightsModel {
  readonly clientId: string;
  readonly mayUsePlatformFloat: boolean;
  readonly alertSender: boolean;
}

export interface ClientSettingsModel {
  readonly now: number;
  readonly client: ClientCard;
  readonly profile: {
    readonly clientId: string;
    readonly name: string;
    readonly adminPhones: readonly string[];
  };
  readonly picture: WelcomePictureModel;
  readonly credentials: CredentialFormsModel;
  readonly groups: readonly SettingsGroupModel[];
  /** Absent for owners, who do not decide these. */
  readonly admin?: { readonly rights: RightsModel; readonly invites: InvitesModel };
}
