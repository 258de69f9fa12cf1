"""The layout of the dump: the columns of the city export and their headings."""

# Column of dump.sql -> heading, in the order of the city export.
HEADINGS = {
    "line_no": "序号",
    "record_id": "工单编号",
    "record_type": "工单类型",
    "category": "一级分类",
    "subcategory": "二级分类",
    "topic": "三级分类",
    "tag": "标签",
    "title": "标题",
    "content": "主要内容",
    "place": "问题点位",
    "status": "工单状态",
    "channel": "工单来源",
    "caller_name": "来电人",
    "caller_phone": "来电人电话",
    "place_district": "被反映区",
    "place_street": "被反映街乡镇",
    "unit": "承办单位",
    "reply": "处理结果",
    "handling": "受理处理方式",
    "received_at": "来电时间",
    "dispatched_at": "派单时间",
    "due_at": "处理时限",
    "closed_at": "办结时间",
    "seat_id": "坐席ID",
    "seat_name": "坐席姓名",
    "company_name": "企业名称",
    "repeat_notice_count": "重复反映告知单量",
    "is_valid": "是否有效回访",
    "is_contacted": "是否联系",
    "resolution": "是否解决",
    "satisfaction": "是否满意",
    "scope_tier": "口径层级",
    "is_epidemic": "是否涉疫",
    "is_company_desk": "是否企业专席",
    "platform": "网络渠道",
    "praise_form": "表扬形式",
}
# The parts of an outcome such as `是|是|解决|满意`.
OUTCOME = ("is_valid", "is_contacted", "resolution", "satisfaction")


def headed(select: str) -> str:
    """The dump's SELECT with its Chinese headings, all columns as text."""
    columns = ", ".join(f'CAST({name} AS VARCHAR) AS "{text}"' for name, text in HEADINGS.items())
    return f"SELECT {columns} FROM ({select.rstrip().rstrip(';')})"
