extension BuiltInRules {
    /// Microsoft's applications.
    static let microsoft = #"""
        {"rules": [
        {"id": "edge", "cpes": ["microsoft:edge_chromium", "microsoft:edge"], "packages": ["microsoft-edge", "microsoft-edge-stable"], "names": ["Microsoft Edge"], "publishers": ["Microsoft*"], "bundles": ["com.microsoft.edgemac"]},
        {"id": "internet-explorer", "cpes": ["microsoft:internet_explorer"], "names": ["Internet Explorer*"]},
        {"id": "teams", "cpes": ["microsoft:teams"], "names": ["Microsoft Teams*"], "publishers": ["Microsoft*"], "bundles": ["com.microsoft.teams", "com.microsoft.teams2"]},
        {"id": "office", "cpes": ["microsoft:office", "microsoft:office_long_term_servicing_channel"], "names": ["Microsoft Office*"], "publishers": ["Microsoft*"]},
        {"id": "microsoft-365", "cpes": ["microsoft:365_apps"], "names": ["Microsoft 365 Apps*", "Microsoft 365 -*"]},
        {"id": "word", "cpes": ["microsoft:word"], "names": ["Microsoft Word*"], "bundles": ["com.microsoft.Word"]},
        {"id": "excel", "cpes": ["microsoft:excel"], "names": ["Microsoft Excel*"], "bundles": ["com.microsoft.Excel"]},
        {"id": "powerpoint", "cpes": ["microsoft:powerpoint"], "names": ["Microsoft PowerPoint*"], "bundles": ["com.microsoft.Powerpoint"]},
        {"id": "outlook", "cpes": ["microsoft:outlook"], "names": ["Microsoft Outlook*"], "bundles": ["com.microsoft.Outlook"]},
        {"id": "onenote", "cpes": ["microsoft:onenote"], "names": ["Microsoft OneNote*"], "bundles": ["com.microsoft.onenote.mac"]},
        {"id": "access", "cpes": ["microsoft:access"], "names": ["Microsoft Access*"]},
        {"id": "visio", "cpes": ["microsoft:visio"], "names": ["Microsoft Visio*"]},
        {"id": "project", "cpes": ["microsoft:project"], "names": ["Microsoft Project*"]},
        {"id": "publisher", "cpes": ["microsoft:publisher"], "names": ["Microsoft Publisher*"]},
        {"id": "onedrive", "cpes": ["microsoft:onedrive"], "names": ["Microsoft OneDrive*"], "bundles": ["com.microsoft.OneDrive"]},
        {"id": "skype", "cpes": ["microsoft:skype", "skype:skype"], "names": ["Skype*"], "bundles": ["com.skype.skype"]},
        {"id": "skype-for-business", "cpes": ["microsoft:skype_for_business"], "names": ["Skype for Business*"]},
        {"id": "visual-studio-code", "cpes": ["microsoft:visual_studio_code"], "packages": ["vscode", "visual-studio-code"], "names": ["Microsoft Visual Studio Code*", "Visual Studio Code"], "publishers": ["Microsoft*"], "bundles": ["com.microsoft.VSCode"], "purls": ["pkg:github/microsoft/vscode"]},
        {"id": "visual-studio-2022", "cpes": ["microsoft:visual_studio_2022"], "names": ["Visual Studio * 2022*", "Microsoft Visual Studio 2022*"]},
        {"id": "visual-studio-2019", "cpes": ["microsoft:visual_studio_2019"], "names": ["Visual Studio * 2019*", "Microsoft Visual Studio 2019*"]},
        {"id": "visual-studio-2017", "cpes": ["microsoft:visual_studio_2017"], "names": ["Visual Studio * 2017*", "Microsoft Visual Studio 2017*"]},
        {"id": "remote-desktop", "cpes": ["microsoft:remote_desktop"], "names": ["Remote Desktop", "Microsoft Remote Desktop"], "publishers": ["Microsoft*"], "bundles": ["com.microsoft.rdc.macos"]},
        {"id": "odbc-17", "cpes": ["microsoft:odbc_driver_17_for_sql_server"], "names": ["Microsoft ODBC Driver 17 for SQL Server"]},
        {"id": "odbc-18", "cpes": ["microsoft:odbc_driver_18_for_sql_server"], "names": ["Microsoft ODBC Driver 18 for SQL Server"]},
        {"id": "ole-db-18", "cpes": ["microsoft:ole_db_driver_18_for_sql_server", "microsoft:ole_db_driver_for_sql_server"], "names": ["Microsoft OLE DB Driver for SQL Server"]},
        {"id": "ssms", "cpes": ["microsoft:sql_server_management_studio"], "names": ["Microsoft SQL Server Management Studio*", "SQL Server Management Studio*"]},
        {"id": "azure-cli", "cpes": ["microsoft:azure_cli"], "names": ["Microsoft Azure CLI*", "Azure CLI"]},
        {"id": "azure-data-studio", "cpes": ["microsoft:azure_data_studio"], "names": ["Azure Data Studio"]},
        {"id": "defender", "cpes": ["microsoft:malware_protection_engine"], "names": ["Microsoft Defender*"]},
        {"id": "windows-terminal", "cpes": ["microsoft:windows_terminal"], "names": ["Windows Terminal"]},
        {"id": "power-bi", "cpes": ["microsoft:power_bi_desktop", "microsoft:power_bi"], "names": ["Microsoft Power BI Desktop*"]},
        {"id": "silverlight", "cpes": ["microsoft:silverlight"], "names": ["Microsoft Silverlight"]}
        ]}
        """#
}
