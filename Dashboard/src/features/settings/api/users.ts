import type { ApiClient } from "@/lib/api-client"
import type { PasswordReset, Role, User } from "@/types/api"

/** `POST /v1/users` */
export function createUser(api: ApiClient, user: { readonly email: string; readonly role: Role; readonly password: string }): Promise<User> {
  return api.send<User>("POST", "/v1/users", user)
}

/** `PATCH /v1/users/{id}` */
export function changeRole(api: ApiClient, id: string, role: Role): Promise<User> {
  return api.send<User>("PATCH", `/v1/users/${encodeURIComponent(id)}`, { role })
}

/** `DELETE /v1/users/{id}` */
export function removeUser(api: ApiClient, id: string): Promise<void> {
  return api.send("DELETE", `/v1/users/${encodeURIComponent(id)}`)
}

/** `POST /v1/users/{id}/password-reset` */
export function issuePasswordReset(api: ApiClient, id: string): Promise<PasswordReset> {
  return api.send<PasswordReset>("POST", `/v1/users/${encodeURIComponent(id)}/password-reset`)
}
