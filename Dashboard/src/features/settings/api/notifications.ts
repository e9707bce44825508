import type { ApiClient } from "@/lib/api-client"
import type { PagedQuery } from "@/lib/paged-query"
import type { Query } from "@/lib/query-cache"
import type { List, Notification, NotificationEndpoint, NotificationState, Page, Severity } from "@/types/api"

/** `GET /v1/notification-endpoints` */
export function endpointsQuery(api: ApiClient): Query<List<NotificationEndpoint>> {
  return {
    key: ["notifications", "endpoints"],
    fetch: ({ signal }) => api.get<List<NotificationEndpoint>>("/v1/notification-endpoints", {}, signal),
  }
}

/** A webhook has a `url`, e-mail an `address`. */
export interface EndpointRequest {
  readonly kind: NotificationEndpoint["kind"]
  readonly url?: string
  readonly address?: string
  readonly label: string
  readonly minimum_severity: Severity | null
  readonly exploited_only: boolean
}

/** `POST /v1/notification-endpoints` */
export function createEndpoint(api: ApiClient, request: EndpointRequest): Promise<NotificationEndpoint> {
  return api.send<NotificationEndpoint>("POST", "/v1/notification-endpoints", request)
}

/** `DELETE /v1/notification-endpoints/{id}` */
export function removeEndpoint(api: ApiClient, id: string): Promise<void> {
  return api.send("DELETE", `/v1/notification-endpoints/${encodeURIComponent(id)}`)
}

/** `POST /v1/notification-endpoints/{id}/test` */
export function testEndpoint(api: ApiClient, id: string): Promise<{ readonly id: string }> {
  return api.send("POST", `/v1/notification-endpoints/${encodeURIComponent(id)}/test`)
}

/** `GET /v1/notifications` */
export function notificationsQuery(api: ApiClient, state: NotificationState | null): PagedQuery<Notification> {
  return {
    key: ["notifications", "list", state],
    fetchPage: ({ cursor, limit, signal }) =>
      api.get<Page<Notification>>("/v1/notifications", { state, limit, cursor }, signal),
  }
}

/** `POST /v1/notifications/{id}/retry` */
export function retryNotification(api: ApiClient, id: string): Promise<void> {
  return api.send("POST", `/v1/notifications/${encodeURIComponent(id)}/retry`)
}
