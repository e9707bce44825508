import type { ApiClient } from "@/lib/api-client"

export interface PasswordChange {
  readonly old_password: string
  readonly new_password: string
}

/** `PUT /v1/me/password` */
export function changePassword(api: ApiClient, change: PasswordChange): Promise<void> {
  return api.send("PUT", "/v1/me/password", change)
}
