/// CSAF documents of our own making, after public facts, in the shapes in which publishers write them.
enum CSAFSamples {
    /// One RPM package of a document: its full name, and the URL where the publisher gives one.
    struct Package {
        let id: String
        let purl: String?

        init(_ id: String, purl: String? = nil) {
            self.id = id
            self.purl = purl
        }
    }

    /// A document of one vulnerability.
    ///
    /// - Parameters:
    ///   - platforms: Product ids with CPE; a CPE of "" stands for none, and the id is the product's name then.
    ///   - parts: Which package belongs to which platform.
    ///   - status: The members of `product_status`.
    ///   - more: Further members of the vulnerability.
    static func document(
        id: String = "CVE-2023-38545", category: String = "csaf_vex", platforms: [(id: String, cpe: String)],
        packages: [Package], parts: [(platform: String, package: String)], status: String, more: String = ""
    ) -> String {
        let families = platforms.map { platform in
            let helper =
                platform.cpe.isEmpty ? "" : #","product_identification_helper":{"cpe":"\#(platform.cpe)"}"#
            return
                #"{"category":"product_name","name":"\#(platform.id)","product":{"name":"\#(platform.id)","product_id":"\#(platform.id)"\#(helper)}}"#
        }
        let versions = packages.map { package in
            let helper = package.purl.map { #","product_identification_helper":{"purl":"\#($0)"}"# } ?? ""
            return
                #"{"category":"product_version","name":"\#(package.id)","product":{"name":"\#(package.id)","product_id":"\#(package.id)"\#(helper)}}"#
        }
        let relationships = parts.map { platform, package in
            #"{"category":"default_component_of","full_product_name":{"name":"x","product_id":"\#(platform):\#(package)"},"product_reference":"\#(package)","relates_to_product_reference":"\#(platform)"}"#
        }
        let tree =
            #"{"branches":[{"category":"vendor","name":"V","branches":[\#((families + versions).joined(separator: ","))]}],"relationships":[\#(relationships.joined(separator: ","))]}"#
        let vulnerability =
            #"{"cve":"CVE-2023-38545","title":"curl: heap overflow","notes":[{"category":"description","text":"A SOCKS5 name too long."}],"product_status":{\#(status)}\#(more)}"#
        return
            #"{"document":{"category":"\#(category)","csaf_version":"2.0","title":"An update","tracking":{"id":"\#(id)","initial_release_date":"2023-10-11T06:00:00+00:00","current_release_date":"2024-01-02T00:00:00Z"}},"product_tree":\#(tree),"vulnerabilities":[\#(vulnerability)]}"#
    }

    /// curl on Red Hat Enterprise Linux 9: repaired once for 9.2 and once for 9.3, and in the paid stream of 9.0.
    static let redHat = document(
        platforms: [
            ("BaseOS-9.2.0.Z.MAIN.EUS", "cpe:/o:redhat:enterprise_linux:9::baseos"),
            ("BaseOS-9.3.0.Z.MAIN", "cpe:/o:redhat:enterprise_linux:9::baseos"),
            ("AppStream-9.0.0.Z.EUS", "cpe:/a:redhat:rhel_eus:9.0::appstream"),
            ("red_hat_enterprise_linux_8", "cpe:/o:redhat:enterprise_linux:8"),
        ],
        packages: [
            Package("curl-0:7.76.1-23.el9_2.4.src", purl: "pkg:rpm/redhat/curl@7.76.1-23.el9_2.4?arch=src"),
            Package("libcurl-0:7.76.1-23.el9_2.4.x86_64", purl: "pkg:rpm/redhat/libcurl@7.76.1-23.el9_2.4?arch=x86_64"),
            Package("libcurl-0:7.76.1-26.el9_3.2.x86_64", purl: "pkg:rpm/redhat/libcurl@7.76.1-26.el9_3.2?arch=x86_64"),
            Package("libcurl-0:7.76.1-14.el9_0.9.x86_64", purl: "pkg:rpm/redhat/libcurl@7.76.1-14.el9_0.9?arch=x86_64"),
            Package("curl-debuginfo-0:7.76.1-23.el9_2.4.x86_64"),
            Package("libcurl", purl: "pkg:rpm/redhat/libcurl"),
        ],
        parts: [
            ("BaseOS-9.2.0.Z.MAIN.EUS", "curl-0:7.76.1-23.el9_2.4.src"),
            ("BaseOS-9.2.0.Z.MAIN.EUS", "libcurl-0:7.76.1-23.el9_2.4.x86_64"),
            ("BaseOS-9.2.0.Z.MAIN.EUS", "curl-debuginfo-0:7.76.1-23.el9_2.4.x86_64"),
            ("BaseOS-9.3.0.Z.MAIN", "libcurl-0:7.76.1-26.el9_3.2.x86_64"),
            ("AppStream-9.0.0.Z.EUS", "libcurl-0:7.76.1-14.el9_0.9.x86_64"),
            ("red_hat_enterprise_linux_8", "libcurl"),
        ],
        status: #"""
            "fixed":["BaseOS-9.2.0.Z.MAIN.EUS:curl-0:7.76.1-23.el9_2.4.src","BaseOS-9.2.0.Z.MAIN.EUS:libcurl-0:7.76.1-23.el9_2.4.x86_64",
            "BaseOS-9.2.0.Z.MAIN.EUS:curl-debuginfo-0:7.76.1-23.el9_2.4.x86_64","BaseOS-9.3.0.Z.MAIN:libcurl-0:7.76.1-26.el9_3.2.x86_64",
            "AppStream-9.0.0.Z.EUS:libcurl-0:7.76.1-14.el9_0.9.x86_64"],"known_not_affected":["red_hat_enterprise_linux_8:libcurl"]
            """#,
        more: #"""
            ,"scores":[{"cvss_v3":{"vectorString":"CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:U/C:H/I:H/A:H"},"products":[]}],
            "threats":[{"category":"impact","details":"Important"}],"flags":[{"label":"vulnerable_code_not_present"}],
            "references":[{"url":"https://access.redhat.com/security/cve/CVE-2023-38545"},{"url":"javascript:0"}]
            """#)

    /// curl in SUSE's products, by name and full package names only.
    static let suse = document(
        id: "SUSE-SU-2023:4044-1", category: "csaf_security_advisory",
        platforms: [
            ("SUSE Linux Enterprise Module for Basesystem 15 SP5", "cpe:/o:suse:sle-module-basesystem:15:sp5"),
            ("SUSE Linux Enterprise Server 15 SP3-LTSS", "cpe:/o:suse:sles-ltss:15:sp3"), ("openSUSE Leap 15.5", ""),
        ],
        packages: [
            Package("libcurl4-8.0.1-150400.5.32.1.x86_64"), Package("libcurl4-7.66.0-150200.4.60.1.x86_64"),
            Package("curl"),
        ],
        parts: [
            ("SUSE Linux Enterprise Module for Basesystem 15 SP5", "libcurl4-8.0.1-150400.5.32.1.x86_64"),
            ("SUSE Linux Enterprise Server 15 SP3-LTSS", "libcurl4-7.66.0-150200.4.60.1.x86_64"),
            ("openSUSE Leap 15.5", "libcurl4-8.0.1-150400.5.32.1.x86_64"), ("openSUSE Leap 15.5", "curl"),
        ],
        status: #"""
            "recommended":["SUSE Linux Enterprise Module for Basesystem 15 SP5:libcurl4-8.0.1-150400.5.32.1.x86_64",
            "SUSE Linux Enterprise Server 15 SP3-LTSS:libcurl4-7.66.0-150200.4.60.1.x86_64",
            "openSUSE Leap 15.5:libcurl4-8.0.1-150400.5.32.1.x86_64"],"known_affected":["openSUSE Leap 15.5:curl"]
            """#)

    /// A product of its own, with a range in `vers` notation.
    static let product = #"""
        {"document":{"category":"csaf_security_advisory","csaf_version":"2.0","title":"Gateway","tracking":{"id":"SSA 1"}},
         "product_tree":{"branches":[{"category":"vendor","name":"Siemens","branches":[{"category":"product_name","name":"SINEC","branches":[
           {"category":"product_version_range","name":"vers:intdot/>=2.0|<3.1","product":{"name":"SINEC >=2.0 <3.1","product_id":"P1",
            "product_identification_helper":{"cpe":"cpe:2.3:a:siemens:sinec_nms:*:*:*:*:*:*:*:*"}}},
           {"category":"product_version","name":"1.4","product":{"name":"SINEC 1.4","product_id":"P2",
            "product_identification_helper":{"cpe":"cpe:/a:siemens:sinec_nms:1.4:sp1"}}},
           {"category":"product_version","name":"9","product":{"name":"No identifier","product_id":"P3"}}]}]}]},
         "vulnerabilities":[{"cve":"CVE-2024-1000","product_status":{"known_affected":["P1","P2","P3","P9"]},
           "remediations":[{"category":"no_fix_planned","details":"No fix planned","product_ids":["P2"]}]}]}
        """#

    static let all = [redHat, suse, product]
}
