import type { ApiClient } from "@/lib/api-client"
import type { Query } from "@/lib/query-cache"
import type { List, Role, User } from "@/types/api"

/** `GET /v1/users` */
export function usersQuery(api: ApiClient): Query<List<User>> {
  return { key: ["users"], fetch: ({ signal }) => api.get<List<User>>("/v1/users", {}, signal) }
}

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
