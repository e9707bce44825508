import { Notice } from "@/components/notice"
import { TimeAgo } from "@/components/time-ago"
import { useNow } from "@/hooks/use-now"
import { formatCount, formatDigest } from "@/lib/format"
import type { AdvisoryState, FeedState } from "@/types/api"

/** A feed fetched longer ago than this is called old, in milliseconds. */
const oldAfter = 2 * 24 * 3_600_000

/** How old each feed is and whether it could be read. */
export function FeedsPanel({ advisories }: { readonly advisories: AdvisoryState }) {
  const now = useNow()
  if (advisories.feeds.length === 0) return <Notice kind="vacant" title="No feed has been fetched yet" isCompact />
  return (
    <>
      <ul className="feeds" aria-label="Feeds">
        {advisories.feeds.map((feed) => (
          <li key={feed.feed} className={`feed feed-${healthOf(feed, now)}`}>
            <span className="feed-dot" aria-hidden="true" />
            <span className="feed-name">{feed.feed}</span>
            <span className="figure faint">{formatCount(feed.records)}</span>
            <span className="feed-age figure">{feed.fetched_at ? <TimeAgo at={feed.fetched_at} short /> : "never"}</span>
            {feed.error && <span className="feed-note">{feed.error}</span>}
            {feed.set_aside > 0 && <span className="feed-note">{formatCount(feed.set_aside)} records set aside</span>}
          </li>
        ))}
      </ul>
      {advisories.index_digest !== null && (
        <p className="panel-foot faint">
          index <code title={advisories.index_digest}>{formatDigest(advisories.index_digest)}</code>
        </p>
      )}
    </>
  )
}

function healthOf(feed: FeedState, now: number): "good" | "old" | "failed" {
  if (feed.error !== null) return "failed"
  if (feed.fetched_at === null || now - Date.parse(feed.fetched_at) > oldAfter) return "old"
  return "good"
}
