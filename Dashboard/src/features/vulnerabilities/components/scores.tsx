import { RiskMeter } from "@/components/risk-meter"
import { SsvcBadge, ssvcPoints } from "@/components/ssvc"
import { formatPlural, formatProbability, formatScore, formatWord } from "@/lib/format"
import type { PublicExploits, VulnerabilityRecord } from "@/types/api"

/** The risk with its parts, and the scores it comes from. */
export function Scores({ item }: { readonly item: VulnerabilityRecord }) {
  const { risk, epss } = item
  const parts = [
    { name: "severity", value: risk.severity_part },
    { name: "likelihood", value: risk.likelihood_part },
    { name: "exploit code", value: risk.exploit_part },
    { name: "exploited", value: risk.exploited_part },
  ]
  return (
    <dl className="scores">
      <div>
        <dt>Risk</dt>
        <dd>
          <RiskMeter value={risk.value} />
          <ul className="plain score-parts">
            {parts.map((part) => (
              <li key={part.name}>
                <span className="faint">{part.name}</span> <span className="figure">{formatScore(part.value)}</span>
              </li>
            ))}
          </ul>
        </dd>
      </div>
      <div>
        <dt>CVSS</dt>
        <dd>
          {item.cvss_score === null ? (
            <span className="faint">not scored</span>
          ) : (
            <>
              <b>{formatScore(item.cvss_score)}</b>{" "}
              {item.severity_source && <span className="faint">by {formatWord(item.severity_source)}</span>}
            </>
          )}
          {item.cvss_vector && <code className="vector">{item.cvss_vector}</code>}
        </dd>
      </div>
      <div>
        <dt>EPSS</dt>
        <dd>
          {epss ? (
            <>
              <b>{formatProbability(epss.probability)}</b>{" "}
              <span className="faint">in 30 days, above {formatProbability(epss.percentile)} of all</span>
            </>
          ) : (
            <span className="faint">not scored</span>
          )}
        </dd>
      </div>
      <div>
        <dt>KEV</dt>
        <dd>
          {item.kev ? `listed ${item.kev.date_added}` : <span className="faint">not listed</span>}
        </dd>
      </div>
      <div>
        <dt>Exploits</dt>
        <dd>{item.exploits ? <Exploits exploits={item.exploits} /> : <span className="faint">none public</span>}</dd>
      </div>
      <div>
        <dt>SSVC</dt>
        <dd>
          <SsvcBadge ssvc={item.ssvc} /> <span className="faint">{ssvcPoints(item.ssvc).join(", ")}</span>
        </dd>
      </div>
    </dl>
  )
}

function Exploits({ exploits }: { readonly exploits: PublicExploits }) {
  const { exploit_database, is_verified, metasploit } = exploits
  const places = [
    metasploit.length > 0 && formatPlural(metasploit.length, "Metasploit module"),
    exploit_database.length > 0 && `Exploit Database ${exploit_database.join(", ")}${is_verified ? " (verified)" : ""}`,
  ]
  return <>{places.filter(Boolean).join("; ")}</>
}
