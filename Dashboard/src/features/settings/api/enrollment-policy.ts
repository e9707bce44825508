import type { ApiClient } from "@/lib/api-client"
import type { Query } from "@/lib/query-cache"
import type { EnrollmentPolicy } from "@/types/api"

/** `GET /v1/enrollment-policy` */
export function enrollmentPolicyQuery(api: ApiClient): Query<EnrollmentPolicy> {
  return {
    key: ["enrollment-policy"],
    fetch: ({ signal }) => api.get<EnrollmentPolicy>("/v1/enrollment-policy", {}, signal),
  }
}

/** `PUT /v1/enrollment-policy` */
export function setEnrollmentPolicy(api: ApiClient, policy: EnrollmentPolicy): Promise<EnrollmentPolicy> {
  return api.send<EnrollmentPolicy>("PUT", "/v1/enrollment-policy", policy)
}
